-- Grain: one row per body and report year; figures only of tables that passed or were accepted.
{%- set codes = form_data().codes %}
with reports as (select * from {{ ref('int_reports') }}),

report_tables as (
    select * from {{ ref('fct_report_tables') }}
    where is_current
),

flows as (
    select
        authority_key,
        report_year,
        {{ whole_sum('new_received', 'applicant_type', codes.applicant_type) }} as new_received,
        {{ whole_sum('carried_in', 'applicant_type', codes.applicant_type) }} as carried_in,
        {{ whole_sum('decided', 'applicant_type', codes.applicant_type) }} as decided,
        {{ whole_sum('carried_out', 'applicant_type', codes.applicant_type) }} as carried_out
    from {{ ref('fct_application_flows') }}
    where status in ('passed', 'accepted')
    group by authority_key, report_year
),

channels as (
    select
        authority_key,
        report_year,
        channel,
        {{ whole_sum('cases', 'result', codes.result) }} as cases,
        bool_and(status = 'passed') as has_passed
    from {{ ref('fct_reviews_and_lawsuits') }}
    where status in ('passed', 'accepted')
    group by authority_key, report_year, channel
),

cases as (
    select
        authority_key,
        report_year,
        sum(cases) filter (where channel = 'review') as reviews,
        case
            when
                bool_and(has_passed)
                or count(cases) filter (where channel <> 'review')
                = {{ codes.channel | length - 1 }}
                then sum(cases) filter (where channel <> 'review')
        end as lawsuits
    from channels
    group by authority_key, report_year
),

statuses as (
    select
        authority_key,
        report_year,
        max(report_key) filter (where table_id = 'applications')
            as applications_report_key,
        max(cast(status as varchar)) filter (where table_id = 'applications')
            as applications_status,
        max(report_key) filter (where table_id = 'reviews_and_lawsuits')
            as reviews_and_lawsuits_report_key,
        max(cast(status as varchar)) filter (where table_id = 'reviews_and_lawsuits')
            as reviews_and_lawsuits_status,
        max(report_key) filter (where table_id = 'proactive_disclosure')
            as proactive_disclosure_report_key,
        max(cast(status as varchar)) filter (where table_id = 'proactive_disclosure')
            as proactive_disclosure_status,
        bool_or(is_corrected) as is_corrected
    from report_tables
    group by authority_key, report_year
)

select
    statuses.authority_key,
    reports.authority_zh,
    statuses.report_year,
    reports.scope,
    reports.scope_counted,
    cast(flows.new_received as bigint) as new_received,
    cast(flows.carried_in as bigint) as carried_in,
    cast(flows.decided as bigint) as decided,
    cast(flows.carried_out as bigint) as carried_out,
    cast(cases.reviews as bigint) as reviews,
    cast(cases.lawsuits as bigint) as lawsuits,
    statuses.applications_status,
    statuses.reviews_and_lawsuits_status,
    statuses.proactive_disclosure_status,
    statuses.applications_report_key,
    statuses.reviews_and_lawsuits_report_key,
    statuses.proactive_disclosure_report_key,
    reports.revisions,
    statuses.is_corrected,
    coalesce(reports.region_code, body_regions.region_code) as region_code
from statuses
inner join reports on statuses.applications_report_key = reports.report_key
left join {{ ref('int_body_regions') }} as body_regions
    on
        statuses.authority_key = body_regions.authority_key
        and statuses.report_year = body_regions.report_year
left join flows
    on statuses.authority_key = flows.authority_key and statuses.report_year = flows.report_year
left join cases
    on statuses.authority_key = cases.authority_key and statuses.report_year = cases.report_year
