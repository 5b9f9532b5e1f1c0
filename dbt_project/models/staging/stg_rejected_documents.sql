-- Grain: one row per rejected document.
with rejected_documents as (select * from {{ source('raw', 'rejected_documents') }}),

documents as (select * from {{ source('raw', 'documents') }})

select
    document_key,
    document_sha256,
    payload_sha256,
    source_uri,
    reason,
    detail,
    run_id,
    payload_sha256 not in (select documents.payload_sha256 from documents) as is_leftover
from rejected_documents
