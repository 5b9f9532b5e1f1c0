"""The sources of the samples: one YAML file each with figures, own prose and what a reader must find in them."""

from pathlib import Path

import msgspec
from msgspec import Struct

from contracts.form import form
from pipelines.render.document import render
from pipelines.render.report import Flaws, Layout, RenderedReport, Script, Section, Style, TableFigures, Value

_SUFFIXES: dict[Layout, str] = {"html": ".html", "docx": ".docx", "xlsx": ".xlsx", "ofd": ".ofd"}


class StatedFigure(Struct, frozen=True, forbid_unknown_fields=True):
    """A figure of the prose and whether it agrees with the tables; None if nothing in the report can tell."""

    value: int
    agrees: bool | None


class SourceTable(Struct, frozen=True, forbid_unknown_fields=True):
    """The figures of one table: each row's values in the printed order of its columns."""

    form_version: str
    rows: dict[str, list[Value]]


class SampleSource(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One sample. `legacy` and `claims` are not printed from here: they say what the prose states."""

    layout: Layout
    script: Script
    authority: str
    year: int
    style: Style = Style()
    flaws: Flaws = Flaws()
    index: tuple[tuple[str, ...], ...] = ()
    title: tuple[str, ...] = ()
    opening: tuple[str, ...] = ()
    before: tuple[Section, ...] = ()
    tables: dict[str, SourceTable] = {}
    after: tuple[Section, ...] = ()
    footer: tuple[str, ...] = ()
    legacy: dict[str, int] = {}
    claims: tuple[StatedFigure, ...] = ()

    def figures(self) -> dict[str, TableFigures]:
        """The tables as in raw extracted JSON.

        Raises:
            ValueError: a row has more or fewer values than the form has columns for it.
        """
        return {name: _figures(name, table) for name, table in self.tables.items()}

    def document(self) -> bytes:
        """The rendered document."""
        report = RenderedReport(
            authority=self.authority,
            year=self.year,
            index=self.index,
            title=self.title,
            opening=self.opening,
            before=self.before,
            tables=self.figures(),
            after=self.after,
            footer=self.footer,
            style=self.style,
            flaws=self.flaws,
        )
        return render(report, self.layout, self.script)


def _figures(name: str, source: SourceTable) -> TableFigures:
    table = form().versions[source.form_version].tables[name]
    cells: dict[str, dict[str, Value]] = {}
    for row, values in source.rows.items():
        columns = table.columns_of(row)
        if len(columns) != len(values):
            raise ValueError(f"{name}.{row} has {len(values)} values for {len(columns)} columns: {', '.join(columns)}")
        cells[row] = dict(zip(columns, values, strict=True))
    return TableFigures(form_version=source.form_version, cells=cells)


def read_sources(folder: Path) -> dict[str, SampleSource]:
    """All sources of a folder by the file name of the document that each one gives.

    Raises:
        FileNotFoundError: the folder has no source.
        msgspec.ValidationError: a source has an unknown key or a value of the wrong type.
    """
    sources: dict[str, SampleSource] = {}
    for path in sorted(folder.glob("*.yml")):
        source = msgspec.yaml.decode(path.read_bytes(), type=SampleSource)
        sources[path.stem + _SUFFIXES.get(source.layout, ".txt")] = source
    if not sources:
        raise FileNotFoundError(f"no *.yml in {folder}")
    return sources
