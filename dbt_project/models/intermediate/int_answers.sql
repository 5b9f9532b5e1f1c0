-- Grain: one row per standing decision that answers a finding of a report that is there, no rule.
with decisions as (
    select * from {{ ref('int_decisions') }}
    where
        kind in ('accept_as_reported', 'cannot_tell')
        and rule not like 'rule.%'
        and is_standing
        and report_key is not null
),

named as (select distinct report_key from decisions),

residuals as (
    select residuals.*
    from {{ ref('int_identity_residuals') }} as residuals
    inner join named on residuals.report_key = named.report_key
),

unpivoted as (
    {{ enforced_residuals('residuals') }}
),

violated as (
    select
        report_key,
        'identities.' || table_id as rule,
        string_agg(identity || '=' || residual, ',' order by identity) as found
    from unpivoted
    where residual <> 0
    group by report_key, table_id
),

claims as (
    select
        claims.report_key,
        'claim.' || claims.kind as rule,
        cast(claims.value as varchar) as found
    from {{ ref('stg_claims') }} as claims
    inner join named on claims.report_key = named.report_key
    where not claims.is_leftover and not claims.agrees
),

fields as (
    select
        conflicts.report_key,
        'field.' || conflicts.report_field as rule,
        array_to_string(from_json(conflicts.explanations, '["varchar"]'), '; ') as found
    from {{ ref('int_identity_conflicts') }} as conflicts
    inner join named on conflicts.report_key = named.report_key
),

premises as (
    select * from violated
    union all
    select * from claims
    union all
    select * from fields
)

select
    decisions.decision_id,
    decisions.kind,
    decisions.report_key,
    decisions.rule,
    decisions.expected,
    coalesce(bool_or(premises.found = decisions.expected), false) as is_active
from decisions
left join premises
    on
        decisions.report_key = premises.report_key
        and decisions.rule = premises.rule
group by all
