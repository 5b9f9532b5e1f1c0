-- Grain: one row per report and table of the form.
with reports as (
    select
        report_key,
        authority_key,
        report_year,
        {{ is_of_another_scope() }} as is_of_another_scope,
        row_number() over (
            partition by authority_key, report_year
            order by
                {{ is_of_another_scope() }} asc,
                source_tier asc,
                captured_at desc nulls last,
                document_sha256 asc,
                ordinal asc
        ) as preference
    from {{ ref('stg_reports') }}
    where not is_leftover
),

statuses as (select * from {{ ref('int_table_statuses') }}),

ranked as (
    select
        statuses.*,
        reports.authority_key,
        reports.report_year,
        reports.is_of_another_scope,
        reports.preference,
        row_number() over (
            partition by reports.authority_key, reports.report_year, statuses.table_id
            -- A figure of another scope takes the place of none that is printed.
            order by
                statuses.status in ('absent', 'rejected') asc,
                reports.is_of_another_scope asc,
                case statuses.status
                    when 'passed' then 1 when 'accepted' then 2 when 'not_assessed' then 3
                    when 'held' then 4 when 'absent' then 5 else 6
                end asc,
                reports.preference asc
        ) as revision_rank,
        row_number() over (
            partition by reports.authority_key, reports.report_year, statuses.table_id
            order by
                statuses.status in ('absent', 'rejected') asc,
                reports.preference asc
        ) as recency_rank
    from statuses
    inner join reports on statuses.report_key = reports.report_key
)

select
    report_key,
    table_id,
    authority_key,
    report_year,
    form_version,
    status,
    status_reported,
    decision_id,
    is_corrected,
    identities,
    identities_assessed,
    identities_violated,
    is_of_another_scope,
    cast(preference as integer) as preference,
    cast(revision_rank as integer) as revision_rank,
    revision_rank = 1 as is_current,
    recency_rank = 1 as is_latest,
    revision_rank = 1 and status in ('passed', 'accepted', 'not_assessed') as is_counted
from ranked
