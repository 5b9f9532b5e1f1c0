-- Grain: one row per exception: violated identity, unassessed table, rejection or conflict.
with findings as (select * from {{ whole_ref('fct_findings') }}),

report_tables as (select * from {{ ref('fct_report_tables') }}),

documents as (select * from {{ whole_ref('dim_document') }}),

reports as (select * from {{ whole_ref('dim_report') }}),

authorities as (select * from {{ whole_ref('dim_authority') }}),

-- What is a finding already is not listed again; hints are left to the results of the rules.
rule_failures as (
    select results.*
    from {{ whole_ref('fct_rule_results') }} as results
    inner join {{ ref('dim_rule') }} as rules on results.rule_id = rules.rule_id
    where
        results.status = 'fail' and results.report_key is not null
        and rules.severity <> 'info' and not rules.is_finding
),

-- Decisions on findings that have expired are findings themselves.
expired_answers as (
    select decisions.*
    from {{ ref('fct_decisions') }} as decisions
    where {{ is_on_rule('decisions') }} and decisions.state = 'expired'
),

exceptions as (
    select
        findings.report_key,
        findings.table_id,
        findings.verdict as detail,
        findings.is_current,
        findings.decision_id,
        case
            when report_tables.identities_violated = 0 then 'corrected'
            when report_tables.status in ('held', 'accepted', 'rejected')
                then cast(report_tables.status as varchar)
            else 'corrected'
        end as exception_kind,
        unnest(findings.identities) as identity,
        unnest(findings.residuals) as residual
    from findings
    inner join report_tables
        on
            findings.report_key = report_tables.report_key
            and findings.table_id = cast(report_tables.table_id as varchar)
    where findings.finding_kind = 'identities_violated'
    union all by name
    select
        report_key,
        table_id,
        is_current,
        decision_id,
        finding_kind as exception_kind,
        coalesce(claim_id, report_field, rule) as identity,
        case finding_kind when 'claim_conflict' then verdict else explanations end as detail
    from findings
    where finding_kind in ('claim_conflict', 'identity_conflict', 'decision_expired')
    union all by name
    select
        report_key,
        is_current,
        decision_id,
        'not_assessed' as exception_kind,
        cast(table_id as varchar) as table_id,
        identities_assessed || ' of ' || identities || ' identities assessed' as detail
    from report_tables
    where status = 'not_assessed' and identities > 0
    union all by name
    select
        document_sha256,
        'rejected_document' as exception_kind,
        rejection_reason as detail
    from documents
    where status = 'rejected'
    union all by name
    select
        report_key,
        is_current,
        decision_id,
        'rule' as exception_kind,
        cast(table_id as varchar) as table_id,
        cast(rule_id as varchar) as identity,
        concat_ws('; ', observed, 'expected: ' || expected, detail) as detail
    from rule_failures
    union all by name
    select
        report_key,
        document_sha256,
        decision_id,
        'decision_expired' as exception_kind,
        'decision.' || decision_id as identity,
        rule || ' no longer finds: ' || expected as detail,
        true as is_current
    from expired_answers
),

rebuilt as (
    select * from exceptions
    where {{ is_rebuilt() }}
)

select
    exceptions.exception_kind,
    exceptions.report_key,
    authorities.authority_zh,
    reports.report_year,
    exceptions.table_id,
    exceptions.identity,
    exceptions.residual,
    exceptions.detail,
    exceptions.is_current,
    exceptions.decision_id,
    coalesce(documents.document_sha256, exceptions.document_sha256) as document_sha256
from rebuilt as exceptions
left join reports on exceptions.report_key = reports.report_key
left join documents on reports.document_key = documents.document_key
left join authorities on reports.authority_key = authorities.authority_key
