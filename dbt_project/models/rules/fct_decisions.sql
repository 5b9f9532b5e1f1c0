-- Grain: one row per decision that is no withdrawal.
with decisions as (select * from {{ ref('int_decision_states') }}),

-- A rule that finds something else than when it was answered is open again.
answers as (
    select distinct decision_id
    from {{ ref('fct_rule_results') }}
    where decision_id is not null
)

select
    decisions.decision_id,
    decisions.kind,
    decisions.report_key,
    decisions.document_sha256,
    decisions.ordinal,
    decisions.table_id,
    decisions.rule,
    decisions.cell,
    decisions.value,
    decisions.expected,
    decisions.value_reported,
    decisions.decided_at,
    decisions.decided_by,
    decisions.reason,
    decisions.evidence,
    decisions.withdrawn_by,
    decisions.replaced_by,
    decisions.position,
    coalesce(
        decisions.state, case when answers.decision_id is not null then 'active' else 'expired' end
    ) as state
from decisions
left join answers on decisions.decision_id = answers.decision_id
