-- The outcomes of staging, totals standing for rows without parts, add up to the fact table's.
{%- set codes = form_data().codes %}
with staged as (
    select coalesce(sum(
        {{ sum_of_rows('applications', codes.outcome, codes.applicant_type) | indent(8) }}
    ), 0) as applications
    from {{ ref('stg_reports') }}
    inner join {{ ref('int_report_tables') }} using (report_key)
    where table_id = 'applications' and is_current and status in ('passed', 'not_assessed')
),

counted as (
    select coalesce(sum(applications), 0) as applications
    from {{ ref('fct_applications') }}
)

select staged.applications as staged_applications, counted.applications as counted_applications
from staged
cross join counted
where staged.applications <> counted.applications
