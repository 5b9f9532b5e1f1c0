-- Grain: one row per report and claim.
with reports as (
    select * from {{ ref('int_reports') }}
    where is_current
),

claims as (
    select * from {{ ref('stg_claims') }}
    where not is_leftover
),

claim_kinds as (select * from {{ ref('claim_kinds') }})

select
    reports.report_key,
    reports.authority_key,
    reports.report_year,
    claims.claim_id,
    claims.kind,
    claims.meaning,
    claims.value,
    claims.quote,
    claims.terms,
    claims.base,
    claims.value / power(10, coalesce(claims.decimals, 0)) as figure,
    {{ claim_unit('claims', 'claim_kinds') }} as unit,
    cast({{ claim_status('claims.agrees') }} as {{ code_type('claim_status') }}) as status,
    claims.span
from claims
inner join reports on claims.report_key = reports.report_key
left join claim_kinds on claims.kind = claim_kinds.claim_kind
