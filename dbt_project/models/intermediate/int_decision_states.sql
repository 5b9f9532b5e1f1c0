-- Grain: one row per decision that is no withdrawal; rules settle whether a failure is answered.
with decisions as (select * from {{ ref('int_decisions') }}),

corrections as (select * from {{ ref('int_corrections') }}),

answers as (select * from {{ ref('int_answers') }}),

reports as (
    select
        document_sha256,
        min(report_key) as report_key
    from {{ ref('stg_reports') }}
    where not is_leftover and document_sha256 in (select decisions.document_sha256 from decisions)
    group by document_sha256
),

judged as (
    select
        decisions.*,
        corrections.table_id,
        corrections.value_reported,
        case
            when decisions.kind = 'reject_document' then decisions.is_document_known
            else coalesce(corrections.is_active, answers.is_active, false)
        end as is_premise_met
    from decisions
    left join corrections on decisions.decision_id = corrections.decision_id
    left join answers on decisions.decision_id = answers.decision_id
)

select
    judged.decision_id,
    judged.kind,
    judged.document_sha256,
    judged.ordinal,
    judged.table_id,
    judged.rule,
    judged.cell,
    judged.value,
    judged.expected,
    judged.value_reported,
    judged.decided_at,
    judged.decided_by,
    judged.reason,
    judged.evidence,
    judged.withdrawn_by,
    judged.replaced_by,
    judged.position,
    case
        when judged.withdrawn_by is not null then 'withdrawn'
        when judged.replaced_by is not null then 'replaced'
        when not judged.is_document_known then 'unmatched'
        when {{ is_on_rule('judged') }} then null
        when judged.is_premise_met then 'active'
        else 'expired'
    end as state,
    coalesce(judged.report_key, reports.report_key) as report_key
from judged
left join reports on judged.document_sha256 = reports.document_sha256
