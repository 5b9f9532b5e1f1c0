-- Grain: one row per document, read or rejected.
with documents as (select * from {{ ref('stg_documents') }}),

rejected_documents as (
    select * from {{ ref('stg_rejected_documents') }}
    where not is_leftover
)

select
    documents.document_key,
    documents.document_sha256,
    documents.media_type,
    documents.source_uri,
    documents.bytes,
    documents.captured_at,
    documents.source_tier,
    documents.extractor_name,
    documents.extractor_version,
    documents.status,
    documents.reports,
    rejected_documents.reason as rejection_reason
from documents
left join rejected_documents on documents.document_key = rejected_documents.document_key
