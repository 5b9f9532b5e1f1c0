"""The raw extracted JSON, `gongkai.report/1`: the interface between any extractor and the warehouse.

The types below and the form give the JSON Schema (`docs/raw_extracted.schema.json`) and the validation at load.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct

from contracts.form import form
from contracts.raw_cells import Decimal, Natural, Tables, Whole

SCHEMA_ID = "gongkai.report/1"
CellState = Literal["blank", "blank_proven", "mark", "ambiguous", "missing", "resolved", "printed"]
Scope = Literal["own", "consolidated", "unknown"]
Period = Literal["year", "cumulative"]
IndicatorState = Literal["printed", "resolved", "blank", "ambiguous"]
EvidenceField = Literal["authority", "year", "period", "published", "region_code", "scope"]
EvidenceSource = Literal[
    "title",
    "index_block",
    "period_sentence",
    "first_sentence",
    "contact",
    "text",
    "name",
    "context",
    "misread_name",
    "kind_of_body",
    "file_name",
    "url",
]
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
Year = Annotated[int, Meta(ge=1990, le=2100)]
Timestamp = Annotated[
    str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?)?$")
]  # ISO 8601; without a zone it is read as UTC


class _Model(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Base of all parts: unknown fields are an error."""


class Span(_Model, kw_only=True):
    """Where something was printed. Lines, pages, tables and rows count from 1, characters of the line from 0.

    `box` is set where the text was recognised on a scanned page: left, top, right and bottom of it, in thousandths of
    the page's width and height.
    """

    page: int | None = None
    line: int | None = None
    char_start: int | None = None
    char_end: int | None = None
    table: int | None = None
    row: int | None = None
    box: Annotated[list[int], Meta(min_length=4, max_length=4)] | None = None


class DocumentInfo(_Model, kw_only=True):
    """The document that was read. `repairs` says what was damaged in its text and put right, or left out."""

    sha256: Sha256
    media_type: str
    source_uri: str
    bytes: Natural
    captured_at: Timestamp
    repairs: list[str] = []
    source_tier: Annotated[int, Meta(ge=0, le=9)] = 5


class ExtractorInfo(_Model, kw_only=True):
    """What read it. Behind a `+` in the version stands what recognised the text of a scan: `1.0.0+rapidocr-3.10.0`."""

    name: str
    version: str


class Authority(_Model, kw_only=True):
    """The body as printed and as normalised; `normalised` is None if it could not be decided."""

    printed: str
    normalised: str | None = None


class Evidence(_Model, kw_only=True):
    """What one place says of the report's identity, and whether that is what the report's own `field` says.

    `agrees` is None where the place says too little to tell. `value` is the body's normalised name, a year, a period,
    a date of publication (which should lie in the year after the report's), a region code or a scope.
    """

    field: EvidenceField
    value: str
    source: EvidenceSource
    quote: str = ""
    span: Span | None = None
    agrees: bool | None


class Reading(_Model, kw_only=True):
    """A cell that was not plainly printed in its place.

    `raw` of a `missing` cell are the words that its row prints where figures belong, if any.
    `value` is the proven value of a `blank_proven` cell (the cell itself stays null); `proof` names the
    identities that force it, or that decided a `resolved` reading.
    """

    cell: str
    state: CellState
    raw: str = ""
    value: Whole | None = None
    candidates: list[Whole | str] = []
    proof: list[str] = []
    note: str = ""
    span: Span | None = None


class Leftover(_Model, kw_only=True):
    """A number inside a table's block that no cell explains, or words in the place of one or struck out there."""

    table: str
    raw: str
    span: Span | None = None


class Operand(_Model, kw_only=True):
    """One term of a claim: a cell `t.r.c`, an indicator `legacy.<id>.<period>` or another claim `claim.<id>`."""

    operand: str
    weight: Literal[1, -1] = 1


class Claim(_Model, kw_only=True):
    """A figure stated in prose. `agrees` is None where a term is missing: read, not assessed.

    With `base` it is a percentage: `value` with its last `decimals` digits behind the point should be what `terms`
    add up to, as a share of what `base` adds up to, rounded to so many decimals.
    """

    id: str
    kind: str
    terms: list[Operand]
    value: Natural
    base: list[Operand] = []
    decimals: Annotated[int, Meta(ge=0, le=6)] = 0
    quote: str
    agrees: bool | None
    meaning: str = ""
    candidates: list[str] = []
    span: Span | None = None


class LegacyIndicator(_Model, kw_only=True):
    """One indicator of a report on 2008-2018; an unknown label keeps `indicator` None.

    `state` is `resolved` where a run of digits was cut: `raw` is the run and `proof` names the sums
    `<variant>.<total>.<period>` that leave one cut only (none, if no other cut is possible at all). It is `ambiguous`
    where several figures are possible, the `candidates`, and `blank` where none is printed; the value is then None.
    """

    label: str
    indicator: str | None
    period: Period
    value: Whole | Decimal | None
    unit: str
    state: IndicatorState = "printed"
    raw: str = ""
    candidates: list[str] = []
    proof: list[str] = []
    span: Span | None = None


class Legacy(_Model, kw_only=True):
    """The indicators of a report on 2008-2018; `variant` is the table that prints them, if one of the known ones."""

    variant: str | None = None
    indicators: list[LegacyIndicator] = []


class Rejection(_Model, kw_only=True):
    """Why a document could not be read; `reason` is one of :data:`REJECTION_REASONS`."""

    reason: str
    detail: str = ""


REJECTION_REASONS = {
    "empty": "the file has no bytes or no text",
    "undecodable": "the text cannot be decoded, or nothing but replacement characters is left",
    "no_report": "no table and no indicator of the form was found",
    "several_reports": "the document prints tables of several reports that cannot be told apart",
    "unsupported_media_type": "no reader for this kind of file",
    "missing_tool": "the file needs a program that is not installed; the detail names it",
    "encrypted": "the file opens with a password only",
    "malformed": "the file is damaged, or is not what it begins as",
    "invalid_json": "not JSON at all",
    "schema_violation": "the JSON does not follow the schema of raw extracted JSON",
    "claim_mismatch": "what the JSON says of itself differs from what its own figures give",
    "too_large": "the file has more bytes than a document may have",
    "time_limit": "reading the document took longer than it may",
    "memory_limit": "reading the document took more memory than it may",
    "unsafe_archive": "the archive unpacks to too much, lies too deep, or has members that cannot be taken",
    "reader_error": "the reader failed on this document",
}


class Report(_Model, kw_only=True):
    """One report of one body on one year. `spans` says where each row `table.row` was printed."""

    authority: Authority
    year: Year
    scope: Scope = "unknown"
    period: str = ""
    published: str = ""
    region_code: Annotated[str, Meta(pattern=r"^\d{6}$")] | None = None
    evidence: list[Evidence] = []
    tables: Tables
    readings: list[Reading] = []
    spans: dict[str, Span] = {}
    leftovers: list[Leftover] = []
    claims: list[Claim] = []
    legacy: Legacy | None = None


class RawDocument(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One document's raw extracted JSON: its reports, or the reason why there is none."""

    schema: Literal["gongkai.report/1"]
    document: DocumentInfo
    extractor: ExtractorInfo
    reports: list[Report] = []
    rejection: Rejection | None = None

    def __post_init__(self) -> None:
        """A document has reports or a rejection, never both and never neither."""
        if bool(self.reports) == (self.rejection is not None):
            raise ValueError("a document has either reports or a rejection")


def cells_of(report: Report) -> dict[str, int | None]:
    """The integer cells of a report by cell id; what a table does not name is None."""
    values: dict[str, int | None] = {}
    for table_id in form().tables:
        table = getattr(report.tables, table_id)
        if table is UNSET:
            continue
        version = form().versions[type(table).__struct_config__.tag]
        for cell in version.tables[table_id].cells:
            if cell.type == "integer":
                row = getattr(table.cells, cell.row)
                values[cell.id] = None if row is None else getattr(row, cell.column)
    return values


def json_schema() -> dict[str, Any]:
    """The JSON Schema of raw extracted JSON."""
    return msgspec.json.schema(RawDocument)
