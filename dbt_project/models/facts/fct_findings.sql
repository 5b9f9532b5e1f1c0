-- Grain: one row per finding: a held table, a claim in conflict, a contradicted field of a report.
{%- set table_of_operand = '^(' ~ form_data().codes.table_id | join('|') ~ ')[.]' %}
with reports as (select * from {{ ref('int_reports') }}),

report_tables as (select * from {{ ref('int_report_tables') }}),

violations as (select * from {{ ref('int_violations') }}),

contradicted as (select * from {{ ref('int_identity_conflicts') }}),

claims as (
    select * from {{ ref('stg_claims') }}
    where not is_leftover and not agrees
),

claim_kinds as (select * from {{ ref('claim_kinds') }}),

lineage as (select * from {{ ref('stg_report_lineage') }}),

spans as (
    select
        violations.report_key,
        violations.table_id,
        json_group_object(printed.key, printed.value) as span
    from violations
    inner join lineage on violations.report_key = lineage.report_key
    cross join json_each(lineage.spans) as printed
    where printed.key like violations.table_id || '.%'
    group by violations.report_key, violations.table_id
),

held as (
    select
        violations.report_key,
        'identities_violated' as finding_kind,
        violations.table_id,
        cast(null as varchar) as claim_id,
        cast(null as varchar) as claim_kind,
        cast(null as bigint) as claim_value,
        cast(null as varchar) as claim_quote,
        violations.identities,
        violations.residuals,
        'not_assessed' as verdict,
        '[]' as explanations,
        cast(spans.span as varchar) as span,
        report_tables.is_current,
        report_tables.is_current or report_tables.is_latest as is_open
    from violations
    inner join report_tables
        on
            violations.report_key = report_tables.report_key
            and violations.table_id = report_tables.table_id
    left join spans
        on
            violations.report_key = spans.report_key
            and violations.table_id = spans.table_id
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
