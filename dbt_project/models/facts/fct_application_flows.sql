-- Grain: one row per report and applicant type of which the report prints a flow.
{%- set codes = form_data().codes %}
{%- set flows = form_data().flows %}
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
        report_tables.status,
        {%- for flow, row in flows.items() %}
        [
            {%- for cell in row_cells('applications', row, codes.applicant_type) %}
            {{ cell }}{{ "," if not loop.last }}
            {%- endfor %}
        ] as {{ flow }},
        {%- endfor %}
        {{ code_array('applicant_type', codes.applicant_type) }} as applicant_types
    from reports
    inner join report_tables on reports.report_key = report_tables.report_key
),

unpivoted as (
    select
        report_key,
        authority_key,
        report_year,
        cast(status as {{ code_type('table_status') }}) as status,
        {%- for flow in flows %}
        unnest({{ flow }}) as {{ flow }},
        {%- endfor %}
        unnest(applicant_types) as applicant_type
    from listed
)

select
    report_key,
    authority_key,
    report_year,
    applicant_type,
    new_received,
    carried_in,
    decided,
    carried_out,
    status
from unpivoted
where coalesce(new_received, carried_in, decided, carried_out) is not null
