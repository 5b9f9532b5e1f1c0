-- Grain: one row per report and table of the form.
with reports as (
    select * from {{ ref('stg_reports') }}
    where not is_leftover
),

residuals as (select * from {{ ref('int_identity_residuals') }}),

counted as (
    {%- for table in form_data().codes.table_id %}
    {%- set enforced = identities(table, enforced=true) %}
    select
        report_key,
        '{{ table }}' as table_id,
        {{ table }}__form_version as form_version,
        {{ applicable_identities(table) }} as identities,
        {{ count_of(enforced, "is not null") }} as identities_assessed,
        {{ count_of(enforced, "<> 0") }} as identities_violated
    from residuals
    {{ "union all" if not loop.last }}
    {%- endfor %}
),

judged as (
    select
        *,
        case
            when form_version is null then 'absent'
            when identities_violated > 0 then 'held'
            when identities > 0 and identities_assessed = identities then 'passed'
            else 'not_assessed'
        end as status
    from counted
),

ranked as (
    select
        judged.report_key,
        judged.table_id,
        reports.authority_key,
        reports.report_year,
        judged.form_version,
        judged.status,
        judged.identities,
        judged.identities_assessed,
        judged.identities_violated,
        row_number() over (
            partition by reports.authority_key, reports.report_year, judged.table_id
            order by
                case judged.status
                    when 'passed' then 1 when 'not_assessed' then 2 when 'held' then 3 else 4
                end asc,
                reports.source_tier asc,
                reports.captured_at desc nulls last,
                reports.document_sha256 asc,
                reports.ordinal asc
        ) as revision_rank,
        row_number() over (
            partition by reports.authority_key, reports.report_year, judged.table_id
            order by
                judged.status = 'absent' asc,
                reports.source_tier asc,
                reports.captured_at desc nulls last,
                reports.document_sha256 asc,
                reports.ordinal asc
        ) as recency_rank
    from judged
    inner join reports on judged.report_key = reports.report_key
)

select
    report_key,
    table_id,
    authority_key,
    report_year,
    form_version,
    status,
    cast(identities as integer) as identities,
    cast(identities_assessed as integer) as identities_assessed,
    cast(identities_violated as integer) as identities_violated,
    cast(revision_rank as integer) as revision_rank,
    revision_rank = 1 as is_current,
    recency_rank = 1 as is_latest
from ranked
