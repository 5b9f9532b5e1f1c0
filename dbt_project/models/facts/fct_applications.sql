-- Grain: one row per report, applicant type and outcome that the report prints.
{%- set codes = form_data().codes %}
with report_tables as (
    select * from {{ ref('int_report_tables') }}
    where table_id = 'applications' and is_current and status in ('passed', 'not_assessed')
),

reports as (select * from {{ ref('stg_reports') }}),

listed as (
    select
        reports.report_key,
        reports.authority_key,
        reports.report_year,
        cast(report_tables.status as {{ code_type('table_status') }}) as status,
        [
            {%- for outcome in codes.outcome %}
            {%- set outer_loop = loop %}
            {%- for cell in row_cells('applications', outcome, codes.applicant_type) %}
            {{ cell }}{{ "," if not (outer_loop.last and loop.last) }}
            {%- endfor %}
            {%- endfor %}
        ] as cells
    from reports
    inner join report_tables on reports.report_key = report_tables.report_key
),

unpivoted as (
    select
        report_key,
        authority_key,
        report_year,
        status,
        unnest({{ inner_codes('applicant_type', codes.outcome | length) }}) as applicant_type,
        unnest({{ outer_codes('outcome', codes.applicant_type | length) }}) as outcome,
        unnest(cells) as applications
    from listed
)

select
    report_key,
    authority_key,
    report_year,
    applicant_type,
    outcome,
    applications,
    status
from unpivoted
where applications is not null
