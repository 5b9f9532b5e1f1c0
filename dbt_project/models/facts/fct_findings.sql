-- Grain: one row per finding: a held table, a claim or field in conflict, an expired decision.
with reports as (select * from {{ ref('int_reports') }}),

held_tables as (select * from {{ ref('int_held_findings') }}),

claim_conflicts as (select * from {{ ref('int_claim_conflicts') }}),

contradicted as (select * from {{ ref('int_identity_conflicts') }}),

decisions as (
    select * from {{ ref('int_decision_states') }}
    where state = 'expired' and report_key is not null
),

decided as (select * from {{ ref('int_decided_findings') }}),

findings as (
    select
        report_key,
        'identities_violated' as finding_kind,
        'identities.' || table_id as rule,
        table_id,
        identities,
        residuals,
        verdict,
        explanations,
        span,
        is_current,
        is_open,
        decision_id,
        cast(null as varchar) as premise
    from held_tables
    union all by name
    select
        claim_conflicts.*,
        'claim_conflict' as finding_kind,
        'claim.' || claim_conflicts.claim_kind as rule,
        reports.is_current,
        reports.is_current as is_open,
        cast(claim_conflicts.claim_digits as varchar) as premise
    from claim_conflicts
    inner join reports on claim_conflicts.report_key = reports.report_key
    union all by name
    select
        contradicted.report_key,
        'identity_conflict' as finding_kind,
        'field.' || contradicted.report_field as rule,
        contradicted.words as claim_quote,
        'not_assessed' as verdict,
        contradicted.explanations,
        contradicted.span,
        reports.is_current,
        reports.is_current as is_open,
        contradicted.report_field
    from contradicted
    inner join reports on contradicted.report_key = reports.report_key
    union all by name
    -- Its premise is gone: it is not applied, and says so until it is withdrawn or decided anew.
    select
        report_key,
        'decision_expired' as finding_kind,
        'decision.' || decision_id as rule,
        table_id,
        'not_assessed' as verdict,
        cast(
            to_json([
                concat_ws(
                    ' ', kind, coalesce(cell, rule), 'expected', coalesce(expected, 'a blank')
                )
            ]) as varchar
        ) as explanations,
        true as is_current,
        true as is_open
    from decisions
)

select
    {{ stable_key(
        "concat_ws(':', findings.finding_kind, findings.report_key, "
        "coalesce(findings.claim_id, findings.report_field, findings.rule))"
    ) }}
        as finding_key,
    findings.finding_kind,
    findings.report_key,
    reports.document_sha256,
    reports.authority_key,
    reports.authority_zh,
    reports.report_year,
    findings.table_id,
    findings.claim_id,
    findings.claim_kind,
    findings.claim_digits,
    findings.claim_value,
    findings.claim_unit,
    findings.claim_quote,
    findings.report_field,
    coalesce(findings.identities, []) as identities,
    coalesce(findings.residuals, []) as residuals,
    findings.verdict,
    findings.explanations,
    findings.span,
    findings.is_current,
    findings.is_open and coalesce(answered.decision_id, corrected.decision_id) is null as is_open,
    findings.rule,
    reports.ordinal,
    coalesce(findings.decision_id, answered.decision_id, corrected.decision_id) as decision_id
from findings
inner join reports on findings.report_key = reports.report_key
left join decided as answered
    on
        findings.report_key = answered.report_key
        and findings.rule = answered.rule
        and coalesce(findings.premise, answered.expected) = answered.expected
left join decided as corrected
    on
        findings.report_key = corrected.report_key
        and findings.rule = corrected.rule
        and corrected.expected is null
