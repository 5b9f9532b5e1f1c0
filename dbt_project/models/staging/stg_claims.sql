-- Grain: one row per report and claim.
with claims as (select * from {{ source('raw', 'claims') }}),

documents as (select * from {{ source('raw', 'documents') }})

select
    report_key,
    claim_id,
    kind,
    meaning,
    terms,
    value,
    base,
    decimals,
    quote,
    agrees,
    candidates,
    span,
    payload_sha256 not in (select documents.payload_sha256 from documents) as is_leftover
from claims
