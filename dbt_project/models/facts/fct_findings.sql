-- Grain: one row per finding: a held table, a claim in conflict, a contradicted field of a report.
{%- set table_of_operand = '^(' ~ form_data().codes.table_id | join('|') ~ ')[.]' %}
with reports as (select * from {{ ref('int_reports') }}),

held_tables as (select * from {{ ref('int_held_findings') }}),

contradicted as (select * from {{ ref('int_identity_conflicts') }}),

claims as (
    select * from {{ ref('stg_claims') }}
    where not is_leftover and not agrees
),

claim_kinds as (select * from {{ ref('claim_kinds') }}),

held as (
    select
        report_key,
        'identities_violated' as finding_kind,
        table_id,
        cast(null as varchar) as claim_id,
        cast(null as varchar) as claim_kind,
        cast(null as bigint) as claim_value,
        cast(null as varchar) as claim_quote,
        identities,
        residuals,
        verdict,
        explanations,
        span,
        is_current,
        is_open
    from held_tables
),

conflicts as (
    select
        claims.report_key,
        'claim_conflict' as finding_kind,
        nullif(
            regexp_extract(claims.terms ->> '$[0].operand', '{{ table_of_operand }}', 1), ''
        ) as table_id,
        claims.claim_id,
        claims.kind as claim_kind,
        claims.value as claim_value,
        claims.quote as claim_quote,
        cast([] as varchar[]) as identities,
        cast([] as bigint[]) as residuals,
        coalesce(claim_kinds.conflict_verdict, 'ambiguous') as verdict,
        coalesce(claims.candidates, '[]') as explanations,
        claims.span,
        reports.is_current,
        reports.is_current as is_open
    from claims
    inner join reports on claims.report_key = reports.report_key
    left join claim_kinds on claims.kind = claim_kinds.claim_kind
),

identity_conflicts as (
    select
        contradicted.report_key,
        'identity_conflict' as finding_kind,
        cast(null as varchar) as table_id,
        cast(null as varchar) as claim_id,
        cast(null as varchar) as claim_kind,
        cast(null as bigint) as claim_value,
        contradicted.words as claim_quote,
        cast([] as varchar[]) as identities,
        cast([] as bigint[]) as residuals,
        'not_assessed' as verdict,
        contradicted.explanations,
        contradicted.span,
        reports.is_current,
        reports.is_current as is_open,
        contradicted.report_field
    from contradicted
    inner join reports on contradicted.report_key = reports.report_key
),

findings as (
    select
        *,
        cast(null as varchar) as report_field
    from held
    union all
    select
        *,
        cast(null as varchar) as report_field
    from conflicts
    union all
    select * from identity_conflicts
)

select
    {{ stable_key(
        "concat_ws(':', findings.finding_kind, findings.report_key, "
        "coalesce(findings.claim_id, findings.report_field, findings.table_id))"
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
    findings.claim_value,
    findings.claim_quote,
    findings.report_field,
    findings.identities,
    findings.residuals,
    findings.verdict,
    findings.explanations,
    findings.span,
    findings.is_current,
    findings.is_open
from findings
inner join reports on findings.report_key = reports.report_key
