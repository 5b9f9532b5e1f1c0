-- Grain: one row per line of the ledger.
with decisions as (select * from {{ source('raw', 'decisions') }})

select
    decision_id,
    position,
    kind,
    decided_at,
    decided_by,
    reason,
    evidence,
    document_sha256,
    ordinal,
    rule,
    cell,
    value,
    expected,
    withdraws
from decisions
