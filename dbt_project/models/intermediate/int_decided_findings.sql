-- Grain: one row per report, rule and premise of a finding that a decision answers.
with answers as (
    select * from {{ ref('int_answers') }}
    where is_active
),

corrections as (
    select * from {{ ref('int_corrections') }}
    where is_active and rule not like 'identities.%'
),

decided as (
    select
        report_key,
        rule,
        expected,
        decision_id
    from answers
    union all
    -- Whoever corrects a cell may name the rule whose finding that answers, whatever its figure.
    select
        report_key,
        rule,
        cast(null as varchar) as expected,
        decision_id
    from corrections
)

select
    report_key,
    rule,
    expected,
    max(decision_id) as decision_id
from decided
group by report_key, rule, expected
