-- Grain: one row per report, item and measure that the report prints.
{%- set cells = table_cells('proactive_disclosure') %}
with {{ counted_tables('proactive_disclosure') }},
{%- for side in decided_sides() %}

{{ side.name }}_listed as materialized (
    select
        reports.report_key,
        reports.authority_key,
        reports.report_year,
        cast(report_tables.status as {{ code_type('table_status') }}) as status,
        report_tables.decision_id,
        [
            {%- for cell in cells %}
            {%- if cell.type == "text" %}
            {{ printed_decimal(cell.name, "try_cast") }}
            {%- else %}
            cast({{ cell.name }} as decimal(24, 6))
            {%- endif %}{{ "," if not loop.last }}
            {%- endfor %}
        ] as figures,
        [
            {%- for cell in cells %}
            {%- if cell.type == "integer" or side.name == "decided" %}
            null
            {%- else %}
            {{ cell.name }}{{ "__printed" if cell.type == "decimal" }}
            {%- endif %}{{ "," if not loop.last }}
            {%- endfor %}
        ] as texts
    from {{ side.relation }} as reports
    inner join report_tables on reports.report_key = report_tables.report_key
    where report_tables.is_corrected = {{ side.is_corrected }}
),

{{ side.name }} as (
    select
        report_key,
        authority_key,
        report_year,
        status,
        decision_id,
        unnest({{ code_array('item', cells | map(attribute='row') | list) }}) as item,
        unnest({{ code_array('measure', cells | map(attribute='column') | list) }}) as measure,
        unnest({{ code_array('unit', cells | map(attribute='unit') | list) }}) as unit,
        unnest(figures) as value,
        unnest(texts) as value_printed
    from {{ side.name }}_listed
)
{{- "," if not loop.last }}
{%- endfor %}

select
    report_key,
    authority_key,
    report_year,
    item,
    measure,
    value,
    unit,
    value_printed,
    status,
    value as value_reported,
    false as is_corrected,
    decision_id
from printed
where value is not null or value_printed is not null
union all
select
    decided.report_key,
    decided.authority_key,
    decided.report_year,
    decided.item,
    decided.measure,
    decided.value,
    decided.unit,
    reported.value_printed,
    decided.status,
    reported.value as value_reported,
    (decided.value is distinct from reported.value) as is_corrected,
    case
        when (decided.value is distinct from reported.value) then places.decision_id
        else decided.decision_id
    end as decision_id
from decided
inner join reported
    on
        decided.report_key = reported.report_key
        and decided.item = reported.item
        and decided.measure = reported.measure
left join places
    on
        decided.report_key = places.report_key
        and cast(decided.item as varchar) = places.row_id
        and cast(decided.measure as varchar) = places.place
where coalesce(decided.value, reported.value) is not null or reported.value_printed is not null
