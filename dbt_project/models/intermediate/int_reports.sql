-- Grain: one row per report.
with reports as (
    select * from {{ ref('stg_reports') }}
    where not is_leftover
),

report_tables as (select * from {{ ref('int_report_tables') }}),

summed as (
    select
        report_key,
        bool_or(is_current and status <> 'absent') as has_current_table,
        bool_or(status not in ('absent', 'rejected')) as has_table,
        bool_or(status = 'rejected') as is_rejected,
        min(revision_rank) as best_rank,
        any_value(preference) as preference
    from report_tables
    group by report_key
),

placed as (
    select
        reports.report_key,
        reports.document_key,
        reports.document_sha256,
        reports.ordinal,
        reports.authority_key,
        reports.authority_zh,
        reports.authority_printed,
        reports.report_year,
        reports.period,
        reports.published,
        reports.region_code,
        reports.scope,
        reports.captured_at,
        reports.source_tier,
        summed.has_current_table,
        summed.is_rejected,
        summed.best_rank,
        summed.preference,
        bool_or(summed.has_table) over (
            partition by reports.authority_key, reports.report_year
        ) as body_year_has_table,
        count(*) over (partition by reports.authority_key, reports.report_year) as revisions
    from reports
    inner join summed on reports.report_key = summed.report_key
)

select
    report_key,
    document_key,
    document_sha256,
    ordinal,
    authority_key,
    authority_zh,
    authority_printed,
    report_year,
    period,
    published,
    region_code,
    scope,
    captured_at,
    source_tier,
    cast(revisions as integer) as revisions,
    preference,
    -- A government's report is consolidated unless it says otherwise, an office's its own.
    {{ scope_counted() }} as scope_counted,
    is_rejected,
    not is_rejected
    and case when body_year_has_table then has_current_table else best_rank = 1 end as is_current
from placed
