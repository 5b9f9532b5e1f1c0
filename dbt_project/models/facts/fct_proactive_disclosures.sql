-- Grain: one row per report, item and measure that the report prints.
{%- set cells = table_cells('proactive_disclosure') %}
with report_tables as (
    select * from {{ ref('int_report_tables') }}
    where
        table_id = 'proactive_disclosure'
        and is_current
        and status in ('passed', 'not_assessed')
),

reports as (select * from {{ ref('stg_reports') }}),

listed as (
    select
        reports.report_key,
        reports.authority_key,
        reports.report_year,
        cast(report_tables.status as {{ code_type('table_status') }}) as status,
        [
            {%- for cell in cells %}
            {{ "try_cast" if cell.type == "text" else "cast" }}({{ cell.name }} as decimal(24, 6))
            {{- "," if not loop.last }}
            {%- endfor %}
        ] as figures,
        [
            {%- for cell in cells %}
            {%- if cell.type == "integer" %}
            null
            {%- else %}
            {{ cell.name }}{{ "__printed" if cell.type == "decimal" }}
            {%- endif %}{{ "," if not loop.last }}
            {%- endfor %}
        ] as texts
    from reports
    inner join report_tables on reports.report_key = report_tables.report_key
),

unpivoted as (
    select
        report_key,
        authority_key,
        report_year,
        status,
        unnest({{ code_array('item', cells | map(attribute='row') | list) }}) as item,
        unnest({{ code_array('measure', cells | map(attribute='column') | list) }}) as measure,
        unnest({{ code_array('unit', cells | map(attribute='unit') | list) }}) as unit,
        unnest(figures) as value,
        unnest(texts) as value_printed
    from listed
)

select
    report_key,
    authority_key,
    report_year,
    item,
    measure,
    value,
    unit,
    value_printed,
    status
from unpivoted
where value is not null or value_printed is not null
