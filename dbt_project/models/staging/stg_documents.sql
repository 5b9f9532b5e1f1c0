-- Grain: one row per document.
with documents as (select * from {{ source('raw', 'documents') }})

select
    document_key,
    document_sha256,
    payload_sha256,
    media_type,
    source_uri,
    bytes,
    captured_at,
    source_tier,
    extractor_name,
    extractor_version,
    status,
    reports,
    run_id
from documents
