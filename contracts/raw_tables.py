"""The typed tables of the `raw` schema as Arrow schemas, generated from the form: the loader's schema.

Keys are 64-bit hashes: `document_key` of the document's sha256, `report_key` of sha256 and the report's ordinal.
`payload_sha256` is the hash of the JSON line that a row came from; a row whose payload is not the document's
current one is a leftover of an earlier extraction and is not read downstream.
"""

import hashlib

import pyarrow as pa

from contracts.form import Cell, form

INTEGER = pa.int64()
TEXT = pa.string()
TIMESTAMP = pa.timestamp("us", tz="UTC")


def key_of(text: str) -> int:
    """A signed 64-bit key: the first 16 hex digits of the text's sha256, less 2^63."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") - 2**63


def report_key(document_sha256: str, ordinal: int) -> int:
    """The merge key of a report: its document's sha256 and its ordinal in the document, from 1."""
    return key_of(f"{document_sha256}:{ordinal}")


def cell_arrow_type(cell: Cell) -> pa.DataType:
    """The Arrow type of a cell's column: integers as int64, money and printed amounts as text, exactly as printed."""
    return INTEGER if cell.type == "integer" else TEXT


def _table_columns() -> list[pa.Field]:
    fields: list[pa.Field] = []
    for table in form().tables:
        fields.append(pa.field(f"{table}__form_version", TEXT))
        cells = (cell for cell in form().cells.values() if cell.table == table)
        fields.extend(pa.field(cell.name, cell_arrow_type(cell)) for cell in cells)
    return fields


def _document_columns() -> list[pa.Field]:
    """The columns of a table with one row per document, or per report of one, that say which document it is."""
    return [pa.field("document_key", INTEGER, nullable=False), pa.field("document_sha256", TEXT, nullable=False)]


def _part_columns() -> list[pa.Field]:
    """The columns of a table with one row per part of a report that say which report and which extraction it is of."""
    return [pa.field("report_key", INTEGER, nullable=False), pa.field("payload_sha256", TEXT, nullable=False)]


def reports_schema() -> pa.Schema:
    """`raw.reports`: one row per report, every cell of every version a typed nullable column."""
    return pa.schema(
        [
            pa.field("report_key", INTEGER, nullable=False),
            *_document_columns(),
            pa.field("ordinal", INTEGER, nullable=False),
            pa.field("payload_sha256", TEXT, nullable=False),
            pa.field("authority_printed", TEXT, nullable=False),
            pa.field("authority_normalised", TEXT),
            pa.field("report_year", INTEGER, nullable=False),
            pa.field("period", TEXT),
            pa.field("published", TEXT),
            pa.field("region_code", TEXT),
            pa.field("scope", TEXT, nullable=False),
            pa.field("captured_at", TIMESTAMP),
            pa.field("source_tier", INTEGER, nullable=False),
            *_table_columns(),
            pa.field("lineage", TEXT),  # JSON: {spans, readings, leftovers, evidence} as in the raw extracted JSON
        ]
    )


RAW_TABLES: dict[str, pa.Schema] = {
    "documents": pa.schema(
        [
            *_document_columns(),
            pa.field("payload_sha256", TEXT, nullable=False),
            pa.field("media_type", TEXT),
            pa.field("source_uri", TEXT),
            pa.field("bytes", INTEGER),
            pa.field("captured_at", TIMESTAMP),
            pa.field("source_tier", INTEGER),
            pa.field("extractor_name", TEXT),
            pa.field("extractor_version", TEXT),
            pa.field("status", TEXT, nullable=False),  # read | rejected
            pa.field("reports", INTEGER, nullable=False),  # how many reports the document promises
            pa.field("run_id", TEXT, nullable=False),
        ]
    ),
    "reports": reports_schema(),
    "claims": pa.schema(
        [
            *_part_columns(),
            pa.field("claim_id", TEXT, nullable=False),
            pa.field("kind", TEXT, nullable=False),
            pa.field("meaning", TEXT),
            pa.field("terms", TEXT, nullable=False),  # JSON: [{operand, weight}]
            pa.field("value", INTEGER, nullable=False),
            pa.field("base", TEXT),  # JSON: [{operand, weight}], what a percentage is of
            pa.field("decimals", INTEGER, nullable=False),
            pa.field("quote", TEXT, nullable=False),
            pa.field("agrees", pa.bool_()),
            pa.field("candidates", TEXT),  # JSON: [text]
            pa.field("span", TEXT),  # JSON
        ]
    ),
    "legacy_indicators": pa.schema(
        [
            *_part_columns(),
            pa.field("position", INTEGER, nullable=False),
            pa.field("label", TEXT, nullable=False),
            pa.field("indicator", TEXT),
            pa.field("period", TEXT, nullable=False),
            pa.field("value", TEXT),  # an integer or a decimal, exactly as read
            pa.field("unit", TEXT),
            pa.field("variant", TEXT),  # the table of indicators that prints it
            pa.field("state", TEXT),  # printed | resolved | blank | ambiguous
            pa.field("candidates", TEXT),  # JSON: [text]
            pa.field("proof", TEXT),  # JSON: [sum]
            pa.field("span", TEXT),  # JSON
        ]
    ),
    "rejected_documents": pa.schema(
        [
            *_document_columns(),
            pa.field("payload_sha256", TEXT, nullable=False),
            pa.field("source_uri", TEXT),
            pa.field("reason", TEXT, nullable=False),
            pa.field("detail", TEXT),
            pa.field("payload", TEXT, nullable=False),
            pa.field("run_id", TEXT, nullable=False),
        ]
    ),
    "decisions": pa.schema(
        [
            pa.field("decision_id", TEXT, nullable=False),
            pa.field("position", INTEGER, nullable=False),  # the line of the ledger, from 1
            pa.field("payload", TEXT, nullable=False),  # the line itself, as `contracts.decisions` encodes it
            pa.field("payload_sha256", TEXT, nullable=False),
            pa.field("kind", TEXT, nullable=False),
            pa.field("decided_at", TIMESTAMP, nullable=False),
            pa.field("decided_by", TEXT, nullable=False),
            pa.field("reason", TEXT, nullable=False),
            pa.field("evidence", TEXT),
            pa.field("document_sha256", TEXT),
            pa.field("ordinal", INTEGER),
            pa.field("rule", TEXT),
            pa.field("cell", TEXT),
            pa.field("value", TEXT),  # an integer, a decimal or a text; null for a blank
            pa.field("expected", TEXT),  # the premise, as `contracts.decisions.expected_text` writes it
            pa.field("withdraws", TEXT),
        ]
    ),
}

MERGE_KEYS: dict[str, str] = {
    "documents": "document_key",
    "reports": "report_key",
    "claims": "report_key",
    "legacy_indicators": "report_key",
    "rejected_documents": "document_key",
    "decisions": "decision_id",
}
