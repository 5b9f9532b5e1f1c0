-- Grain: one row per standing correction of a report that is there.
{%- set cells = form_data().cells %}
with decisions as (
    select * from {{ ref('int_decisions') }}
    where kind = 'correct' and is_standing and report_key is not null
),

form_cells as (select * from {{ ref('form_cells') }}),

named as (select distinct report_key from decisions),

reported as (
    select
        reports.report_key,
        unnest([
            {%- for cell in cells %}
            '{{ cell.name }}'{{ "," if not loop.last }}
            {%- endfor %}
        ]) as cell_name,
        unnest([
            {%- for cell in cells %}
            {{ cell.table }}__form_version{{ "," if not loop.last }}
            {%- endfor %}
        ]) as form_version,
        unnest([
            {%- for cell in cells %}
            cast({{ cell.name }}{{ "__printed" if cell.type == "decimal" }} as varchar)
            {{- "," if not loop.last }}
            {%- endfor %}
        ]) as value_reported
    from {{ ref('stg_reports') }} as reports
    inner join named on reports.report_key = named.report_key
)

select
    decisions.decision_id,
    decisions.report_key,
    decisions.rule,
    form_cells.table_id,
    form_cells.row_id,
    form_cells.column_id,
    reported.cell_name,
    decisions.value,
    reported.value_reported,
    -- The premise: the report's version has the cell, and it says what it said when this was
    -- decided.
    form_cells.cell_id is not null
    and (reported.value_reported is not distinct from decisions.expected) as is_active
from decisions
inner join reported
    on
        decisions.report_key = reported.report_key
        and replace(decisions.cell, '.', '__') = reported.cell_name
left join form_cells
    on
        decisions.cell = form_cells.cell_id
        and reported.form_version = form_cells.form_version
