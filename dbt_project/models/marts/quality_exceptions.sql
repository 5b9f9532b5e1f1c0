-- Grain: one row per exception: violated identity, unassessed table, rejection or conflict.
with findings as (select * from {{ ref('fct_findings') }}),

report_tables as (select * from {{ ref('fct_report_tables') }}),

documents as (select * from {{ ref('dim_document') }}),

reports as (select * from {{ ref('dim_report') }}),

authorities as (select * from {{ ref('dim_authority') }}),

-- What is a finding already is not listed again; hints are left to the results of the rules.
rule_failures as (
    select results.*
    from {{ ref('fct_rule_results') }} as results
    inner join {{ ref('dim_rule') }} as rules on results.rule_id = rules.rule_id
    where results.status = 'fail' and rules.severity <> 'info' and not rules.is_finding
),

exceptions as (
    select
        case
            when report_tables.status in ('held', 'accepted', 'rejected')
                then cast(report_tables.status as varchar)
            else 'corrected'
        end as exception_kind,
        findings.report_key,
        cast(null as varchar) as document_sha256,
        findings.table_id,
        unnest(findings.identities) as identity,
        unnest(findings.residuals) as residual,
        findings.verdict as detail,
        findings.is_current
    from findings
    inner join report_tables
        on
            findings.report_key = report_tables.report_key
            and findings.table_id = cast(report_tables.table_id as varchar)
    where findings.finding_kind = 'identities_violated'
    union all
    select
        finding_kind as exception_kind,
        report_key,
        null as document_sha256,
        table_id,
        case finding_kind
            when 'claim_conflict' then claim_id
            when 'identity_conflict' then report_field
            else rule
        end as identity,
        null as residual,
        case finding_kind when 'claim_conflict' then verdict else explanations end as detail,
        is_current
    from findings
    where finding_kind in ('claim_conflict', 'identity_conflict', 'decision_expired')
    union all
    select
        'not_assessed' as exception_kind,
        report_key,
        null as document_sha256,
        cast(table_id as varchar) as table_id,
        null as identity,
        null as residual,
        identities_assessed || ' of ' || identities || ' identities assessed' as detail,
        is_current
    from report_tables
    where status = 'not_assessed' and identities > 0
    union all
    select
        'rejected_document' as exception_kind,
        null as report_key,
        document_sha256,
        null as table_id,
        null as identity,
        null as residual,
        rejection_reason as detail,
        null as is_current
    from documents
    where status = 'rejected'
    union all
    select
        'rule' as exception_kind,
        report_key,
        null as document_sha256,
        cast(table_id as varchar) as table_id,
        cast(rule_id as varchar) as identity,
        null as residual,
        concat_ws('; ', observed, 'expected: ' || expected, detail) as detail,
        is_current
    from rule_failures
    where report_key is not null
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
    coalesce(documents.document_sha256, exceptions.document_sha256) as document_sha256
from exceptions
left join reports on exceptions.report_key = reports.report_key
left join documents on reports.document_key = documents.document_key
left join authorities on reports.authority_key = authorities.authority_key
