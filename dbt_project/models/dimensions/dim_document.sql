-- Grain: one row per document, read or rejected.
with documents as (select * from {{ ref('stg_documents') }}),

rejected_documents as (
    select * from {{ ref('stg_rejected_documents') }}
    where not is_leftover
),

decisions as (
    select * from {{ ref('int_decisions') }}
    where kind = 'reject_document' and is_standing
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
    documents.reports,
    decisions.decision_id,
    case when decisions.decision_id is null then documents.status else 'rejected' end as status,
    case
        when decisions.decision_id is null then rejected_documents.reason else 'decision'
    end as rejection_reason
from documents
left join rejected_documents on documents.document_key = rejected_documents.document_key
left join decisions on documents.document_sha256 = decisions.document_sha256
