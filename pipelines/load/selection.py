"""Which payloads of a batch count, and what they replace in the warehouse.

Of several payloads about one document the last accepted one counts. A payload that breaks the contract never
displaces an accepted one, neither of its batch nor of the warehouse: it stands in `raw.rejected_documents` until an
accepted payload of its document arrives, unless an accepted rejection of the document stands there. A payload that is
its document's current one already is not loaded again, unless it was refused and is accepted now.
"""

from collections import Counter

import duckdb
from msgspec import Struct

# One row for each document and kind (accepted or not): its last payload. `fate` says where it goes:
# `inserted`, `updated` and `unchanged` become or are the document's row, `beside` is listed as rejected only.
_CHOSEN = """
create or replace temp table chosen as
with last_payloads as (
    select * from batch
    qualify row_number() over (partition by document_key, accepted order by line desc) = 1
),
kinds as (
    select *, count(*) over (partition by document_key) = 2 as has_both from last_payloads
)
select
    kinds.*,
    current_documents.payload_sha256 as current_payload,
    coalesce(current_documents.accepted and current_documents.status = 'rejected', false) as is_known_rejection,
    case
        when not kinds.accepted and (kinds.has_both or current_documents.accepted) then 'beside'
        when current_documents.document_key is null then 'inserted'
        when
            current_documents.payload_sha256 = kinds.payload_sha256
            and current_documents.status = kinds.status
            and current_documents.accepted = kinds.accepted
            then 'unchanged'
        else 'updated'
    end as fate
from kinds
left join current_documents using (document_key)
"""
_REJECTIONS = """
create or replace temp table rejections as
select line, document_key, reason, fate, fate = 'unchanged' or fate = 'beside' and is_known_rejection as is_listed
from chosen
where status = 'rejected'
qualify row_number() over (partition by document_key order by accepted desc) = 1
"""
_CLEARED = """
create or replace temp table cleared as
select document_key from chosen
anti join rejections using (document_key)
where status = 'read'
"""
_COUNTS = """
select
    (select count(*) from batch),
    count(*) filter (status = 'read'),
    coalesce(sum(reports) filter (status = 'read'), 0),
    count(*) filter (fate = 'inserted'),
    count(*) filter (fate = 'updated'),
    count(*) filter (fate = 'unchanged'),
    (select count(*) from rejections where fate = 'beside'),
    (
        select count(*) from batch
        anti join (select line from chosen where status = 'read') as read_payloads using (line)
        anti join rejections using (line)
    )
from chosen
"""


class LoadResult(Struct, frozen=True):
    """What became of a batch: payloads = documents + rejected + superseded_in_batch.

    `documents` and `reports` count what was read, loaded now or before. `inserted`, `updated` and `unchanged` count
    the batch's rows of `raw.documents`, read and rejected ones; the first two carry the run's id. `beside` counts the
    rejected ones whose document keeps what was read of it. Each is counted for itself, none is the rest of others.
    """

    payloads: int
    documents: int
    reports: int
    rejected: Counter[str]
    superseded_in_batch: int
    inserted: int
    updated: int
    unchanged: int
    beside: int

    @property
    def written(self) -> int:
        """Rows of `raw.documents` that carry the run's id; zero if the run brought nothing new."""
        return self.inserted + self.updated

    @property
    def not_written(self) -> int:
        """Payloads that `raw.documents` has no new row for: known, rejected beside what was read, or superseded."""
        return self.unchanged + self.beside + self.superseded_in_batch


def select_payloads(connection: duckdb.DuckDBPyConnection) -> LoadResult:
    """Decide about each payload of the temp table `batch`, given `current_documents` of the warehouse.

    Writes the temp tables `chosen` (one row per document and kind, with its `fate`), `rejections` (one per rejected
    document; `is_listed` if `raw.rejected_documents` has it, or an accepted one of the document) and `cleared`
    (documents whose earlier rejection is void).
    """
    for statement in (_CHOSEN, _REJECTIONS, _CLEARED):
        connection.execute(statement)
    counts = [int(count) for count in connection.execute(_COUNTS).fetchall()[0]]
    payloads, documents, reports, inserted, updated, unchanged, beside, superseded = counts
    reasons = connection.execute("select reason, count(*) from rejections group by all order by all").fetchall()
    rejected = Counter({str(reason): int(count) for reason, count in reasons})
    return LoadResult(payloads, documents, reports, rejected, superseded, inserted, updated, unchanged, beside)
