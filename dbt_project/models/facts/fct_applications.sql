-- Grain: one row per report, applicant type and outcome that the report prints.
{%- set codes = form_data().codes %}
with {{ counted_tables('applications') }},
{%- for side in decided_sides() %}

{{ side.name }}_listed as materialized (
    select
        reports.report_key,
        reports.authority_key,
        reports.report_year,
        cast(report_tables.status as {{ code_type('table_status') }}) as status,
        report_tables.decision_id,
        [
            {%- for outcome in codes.outcome %}
            {%- set outer_loop = loop %}
            {%- for cell in row_cells('applications', outcome, codes.applicant_type) %}
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
        unnest({{ inner_codes('applicant_type', codes.outcome | length) }}) as applicant_type,
        unnest({{ outer_codes('outcome', codes.applicant_type | length) }}) as outcome,
        unnest(cells) as applications
    from {{ side.name }}_listed
)
{{- "," if not loop.last }}
{%- endfor %}

select
    report_key,
    authority_key,
    report_year,
    applicant_type,
    outcome,
    applications,
    status,
    applications as applications_reported,
    false as is_corrected,
    decision_id
from printed
where applications is not null
union all
select
    decided.report_key,
    decided.authority_key,
    decided.report_year,
    decided.applicant_type,
    decided.outcome,
    decided.applications,
    decided.status,
    reported.applications as applications_reported,
    (decided.applications is distinct from reported.applications) as is_corrected,
    case
        when (decided.applications is distinct from reported.applications) then places.decision_id
        else decided.decision_id
    end as decision_id
from decided
inner join reported
    on
        decided.report_key = reported.report_key
        and decided.applicant_type = reported.applicant_type
        and decided.outcome = reported.outcome
left join places
    on
        decided.report_key = places.report_key
        and cast(decided.outcome as varchar) = places.row_id
        and cast(decided.applicant_type as varchar) = places.place
where coalesce(decided.applications, reported.applications) is not null
