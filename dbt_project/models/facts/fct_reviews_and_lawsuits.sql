-- Grain: one row per report, channel and result that the report prints.
{%- set codes = form_data().codes %}
with {{ counted_tables('reviews_and_lawsuits') }},
{%- for side in decided_sides() %}

{{ side.name }}_listed as materialized (
    select
        reports.report_key,
        reports.authority_key,
        reports.report_year,
        cast(report_tables.status as {{ code_type('table_status') }}) as status,
        report_tables.decision_id,
        [
            {%- for channel in codes.channel %}
            {%- set outer_loop = loop %}
            {%- for cell in row_cells('reviews_and_lawsuits', channel, codes.result) %}
            {{ cell }}{{ "," if not (outer_loop.last and loop.last) }}
            {%- endfor %}
            {%- endfor %}
        ] as cells
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
        unnest({{ inner_codes('result', codes.channel | length) }}) as result,
        unnest({{ outer_codes('channel', codes.result | length) }}) as channel,
        unnest(cells) as cases
    from {{ side.name }}_listed
)
{{- "," if not loop.last }}
{%- endfor %}

select
    report_key,
    authority_key,
    report_year,
    channel,
    result,
    cases,
    status,
    cases as cases_reported,
    false as is_corrected,
    decision_id
from printed
where cases is not null
union all
select
    decided.report_key,
    decided.authority_key,
    decided.report_year,
    decided.channel,
    decided.result,
    decided.cases,
    decided.status,
    reported.cases as cases_reported,
    (decided.cases is distinct from reported.cases) as is_corrected,
    case
        when (decided.cases is distinct from reported.cases) then places.decision_id
        else decided.decision_id
    end as decision_id
from decided
inner join reported
    on
        decided.report_key = reported.report_key
        and decided.channel = reported.channel
        and decided.result = reported.result
left join places
    on
        decided.report_key = places.report_key
        and cast(decided.channel as varchar) = places.row_id
        and cast(decided.result as varchar) = places.place
where coalesce(decided.cases, reported.cases) is not null
