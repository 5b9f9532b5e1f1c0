"""The release diff as data: part of a version's manifest."""

from msgspec import Struct

# The facts that hold printed figures. What is derived from them changes with other years' and other bodies' reports.
FIGURES = (
    "fct_applications",
    "fct_application_flows",
    "fct_reviews_and_lawsuits",
    "fct_proactive_disclosures",
    "fct_legacy_indicators",
)
NO_FIGURE = frozenset({"authority_key", "report_year", "report_key", "status", "is_corrected", "decision_id"})
# The tables that say which documents are evidence for a body-year, and what is read of them.
EVIDENCE = {
    "dim_report": ("document_key", "authority_key", "report_year"),
    "dim_document": ("document_key", "document_sha256"),
    "dim_authority": ("authority_key", "authority_zh"),
}


class TableDiff(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table: rows before and after; rows whose key is new, is gone, or stays over other values.

    `is_regrained` says that the key is another than before: its rows are compared as wholes, a row with other values is
    one removed and one added. `single_values` stands in manifests of before 2026-11-28 and is no longer filled.
    """

    table: str
    rows_before: int
    rows_after: int
    added: int
    removed: int
    changed: int
    columns_added: list[str]
    columns_removed: list[str]
    is_regrained: bool = False
    single_values: dict[str, tuple[str | None, str | None]] = {}

    @property
    def is_unchanged(self) -> bool:
        """Whether rows, columns and key are the same in both versions."""
        columns = self.columns_added or self.columns_removed
        rows = self.added or self.removed or self.changed
        return not (rows or columns or self.is_regrained)


class PassRate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The checks of one kind of identity: how many were assessed and passed, before and after."""

    identities: str
    assessed_before: int
    passed_before: int
    assessed_after: int
    passed_after: int


class HistoricChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A figure that was published and now is another, or none (null), without a new document or decision.

    Of a table whose key is another than before, it is a sum (of texts, the texts) over the columns that both keys have.
    """

    table: str
    authority: str
    year: int
    figure: str
    before: str
    after: str | None


class ReleaseDiff(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A version against `previous`; `unexplained` lists the first of `unexplained_changes` historic figures."""

    previous: str
    tables: list[TableDiff]
    pass_rates: list[PassRate]
    unexplained_changes: int
    unexplained: list[HistoricChange]
