-- Grain: one row per report and claim that conflicts with the report's own figures.
{%- set table_of_operand = '^(' ~ form_data().codes.table_id | join('|') ~ ')[.]' %}
with claims as (
    select * from {{ ref('stg_claims') }}
    where not is_leftover and not agrees
),

claim_kinds as (select * from {{ ref('claim_kinds') }})

select
    claims.report_key,
    nullif(
        regexp_extract(claims.terms ->> '$[0].operand', '{{ table_of_operand }}', 1), ''
    ) as table_id,
    claims.claim_id,
    claims.kind as claim_kind,
    claims.value as claim_digits,
    claims.value / power(10, coalesce(claims.decimals, 0)) as claim_value,
    {{ claim_unit('claims', 'claim_kinds') }} as claim_unit,
    claims.quote as claim_quote,
    claims.span,
    coalesce(claim_kinds.conflict_verdict, 'ambiguous') as verdict,
    coalesce(claims.candidates, '[]') as explanations
from claims
left join claim_kinds on claims.kind = claim_kinds.claim_kind
