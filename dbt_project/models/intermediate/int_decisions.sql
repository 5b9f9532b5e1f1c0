-- Grain: one row per decision that is no withdrawal.
with decisions as (
    select
        *,
        concat_ws(
            ' ',
            case
                when kind = 'reject_document' then 'document'
                when kind = 'correct' then cell
                else rule
            end,
            case when kind <> 'correct' and rule like 'claim.%' then expected end
        ) as subject
    from {{ ref('stg_decisions') }}
    where kind <> 'withdraw'
),

withdrawals as (
    select
        withdraws,
        decision_id
    from {{ ref('stg_decisions') }}
    where kind = 'withdraw'
),

documents as (select document_sha256 from {{ ref('stg_documents') }}),

reports as (
    select
        report_key,
        document_sha256,
        ordinal
    from {{ ref('stg_reports') }}
    where not is_leftover
),

withdrawn as (
    select
        decisions.*,
        withdrawals.decision_id as withdrawn_by
    from decisions
    left join withdrawals on decisions.decision_id = withdrawals.withdraws
),

-- A later decision about the same takes the place of an earlier one.
followed as (
    select
        *,
        case
            when withdrawn_by is null
                then
                    lead(decision_id) over (
                        partition by withdrawn_by is null, document_sha256, ordinal, subject
                        order by position
                    )
        end as replaced_by
    from withdrawn
)

select
    followed.decision_id,
    followed.position,
    followed.kind,
    followed.decided_at,
    followed.decided_by,
    followed.reason,
    followed.evidence,
    followed.document_sha256,
    followed.ordinal,
    followed.rule,
    followed.cell,
    followed.value,
    followed.expected,
    followed.withdrawn_by,
    followed.replaced_by,
    reports.report_key,
    documents.document_sha256 is not null as is_document_known,
    followed.withdrawn_by is null and followed.replaced_by is null as is_standing
from followed
left join documents on followed.document_sha256 = documents.document_sha256
left join reports
    on
        followed.document_sha256 = reports.document_sha256
        and followed.ordinal = reports.ordinal
