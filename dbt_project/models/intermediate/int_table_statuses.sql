-- Grain: one row per report and table of the form.
with residuals as (select * from {{ ref('int_identity_residuals') }}),

reported_residuals as (select * from {{ ref('int_reported_residuals') }}),

decided as (
    {{ count_identities('residuals') }}
),

reported as (
    {{ count_identities('reported_residuals') }}
),

corrected as (
    select distinct
        report_key,
        table_id
    from {{ ref('int_corrections') }}
    where is_active
),

accepted as (
    select
        report_key,
        decision_id,
        replace(rule, 'identities.', '') as table_id
    from {{ ref('int_answers') }}
    where kind = 'accept_as_reported' and is_active and rule like 'identities.%'
),

documents as (
    select
        reports.report_key,
        decisions.decision_id
    from {{ ref('int_decisions') }} as decisions
    inner join {{ ref('stg_reports') }} as reports
        on decisions.document_sha256 = reports.document_sha256
    where decisions.kind = 'reject_document' and decisions.is_standing and not reports.is_leftover
),

judged as (
    select
        decided.*,
        documents.decision_id as rejected_by,
        accepted.decision_id as accepted_by,
        corrected.report_key is not null as is_corrected,
        {{ table_status('decided') }} as status_decided,
        case
            when reported.report_key is null then {{ table_status('decided') }}
            else {{ table_status('reported') }}
        end as status_reported
    from decided
    left join reported
        on decided.report_key = reported.report_key and decided.table_id = reported.table_id
    left join corrected
        on decided.report_key = corrected.report_key and decided.table_id = corrected.table_id
    left join accepted
        on decided.report_key = accepted.report_key and decided.table_id = accepted.table_id
    left join documents on decided.report_key = documents.report_key
)

select
    report_key,
    table_id,
    form_version,
    status_reported,
    is_corrected,
    cast(identities as integer) as identities,
    cast(identities_assessed as integer) as identities_assessed,
    cast(identities_violated as integer) as identities_violated,
    case
        when rejected_by is not null then 'rejected'
        when status_decided = 'held' and accepted_by is not null then 'accepted'
        else status_decided
    end as status,
    coalesce(rejected_by, accepted_by) as decision_id
from judged
