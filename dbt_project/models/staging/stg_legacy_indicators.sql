-- Grain: one row per report and position of the indicator in it.
with legacy_indicators as (select * from {{ source('raw', 'legacy_indicators') }}),

documents as (select * from {{ source('raw', 'documents') }})

select
    report_key,
    position,
    label,
    indicator,
    period,
    value,
    {{ printed_decimal("value") }} as value_decimal,
    unit,
    variant,
    state,
    candidates,
    proof,
    span,
    payload_sha256 not in (select documents.payload_sha256 from documents) as is_leftover
from legacy_indicators
