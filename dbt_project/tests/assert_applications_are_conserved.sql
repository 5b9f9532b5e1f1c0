-- The outcomes of staging, totals standing for rows without parts, add up to the fact table's.
{{ config(tags=['in_contract']) }}
{%- set codes = form_data().codes %}
with reports as (select * from {{ ref('int_decided_reports') }}),

report_tables as (
    select * from {{ ref('int_report_tables') }}
    where table_id = 'applications' and is_counted
),

applications as (select * from {{ ref('fct_applications') }}),

added as (
    select
        {{ sum_of_rows('applications', codes.outcome, codes.applicant_type) }} as applications
    from reports
    inner join report_tables on reports.report_key = report_tables.report_key
),

staged as (select coalesce(sum(applications), 0) as staged_applications from added),

counted as (select coalesce(sum(applications), 0) as counted_applications from applications)

select
    staged.staged_applications,
    counted.counted_applications
from staged
inner join counted on staged.staged_applications <> counted.counted_applications
