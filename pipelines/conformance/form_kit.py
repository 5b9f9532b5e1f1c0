"""The conformance kit of a version of the form: figures of one real report, and labels as it prints them.

A kit is one YAML file, `conformance/forms/<version>.yml`. It is complete when the version is declared, its sample fills
every cell and satisfies every identity, and the reader gets the sample back from every layout, printed with the form's
own labels and with those that were met in print.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import yaml
from msgspec import Struct

from contracts.form import FORM_FOLDER, FormVersion, form
from contracts.identities import evaluate
from pipelines.extract.form_reader import read_tables
from pipelines.extract.readers.media_types import detect_media_type
from pipelines.extract.readers.registry import read_pieces
from pipelines.render.document import render
from pipelines.render.report import LAYOUTS, Layout, RenderedReport, TableFigures, Value

FORM_KITS = Path("conformance") / "forms"
_LISTED = 5
_KIT_HEADER = """\
# Conformance kit of version {version} of the form: `gongkai conformance` says what is missing.
# source: which report the figures are of. printed_labels: a label as some report prints it, and the row's id
# (table.row) that it means; one for each row that {base} does not have. tables: each row's figures in the order of its
# columns, taken from a real report that adds up.
"""


class FormKit(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One kit."""

    form_version: str
    source: str
    printed_labels: dict[str, str]
    authority: str
    year: int
    tables: dict[str, dict[str, list[Value]]]


def scaffold_form(version: str, base: str, root: Path) -> list[Path]:
    """Write the data file of a new version, which extends another one, and its empty kit.

    Raises:
        FileExistsError: the version is there already.
        KeyError: there is no version `base`.
    """
    declared = form().versions[base]
    data, kit = root / FORM_FOLDER.relative_to(FORM_FOLDER.parents[1]) / f"{version}.yml", kit_path(version, root)
    for path in (data, kit):
        if path.exists():
            raise FileExistsError(f"{path} is there already; edit it, or name another version.")
    data.write_text(_form_file(version, base), encoding="utf-8")
    kit.parent.mkdir(parents=True, exist_ok=True)
    tables: dict[str, dict[str, list[Value]]] = {
        name: {row: [None] * len(table.columns_of(row)) for row in table.rows}
        for name, table in declared.tables.items()
    }
    empty = FormKit(form_version=version, source="", printed_labels={}, authority="", year=int(version), tables=tables)
    body = yaml.safe_dump(msgspec.to_builtins(empty), allow_unicode=True, sort_keys=False, default_flow_style=None)
    kit.write_text(_KIT_HEADER.format(version=version, base=base) + body, encoding="utf-8")
    return [data, kit]


def kit_path(version: str, root: Path) -> Path:
    """Where a version's kit lies."""
    return root / FORM_KITS / f"{version}.yml"


def _form_file(version: str, base: str) -> str:
    return (
        f"# Version {version} of the form. What is not named here is as in the version it extends: a row with "
        "`before: <row>` is new,\n# `<row>: null` takes one away; identities likewise. See docs/form.md for the ids.\n"
        f'version: "{version}"\nbasis: ""  # number of the notice, e.g. 国办公开办函〔2021〕30号\n'
        f'report_years: {{from: {version}}}\nextends: "{base}"\n\ntables: {{}}\n\nidentities: {{}}\n'
    )


def find_gaps(path: Path) -> Iterator[str]:
    """What a kit lacks before its version may be relied on, one sentence each.

    Raises:
        msgspec.ValidationError: the kit has an unknown key or a value of the wrong type.
    """
    kit = msgspec.yaml.decode(path.read_bytes(), type=FormKit)
    version = form().versions.get(kit.form_version)
    if version is None:
        yield f"the form has no version {kit.form_version}: declare it in contracts/form/{kit.form_version}.yml"
        return
    if not version.basis:
        yield f"contracts/form/{kit.form_version}.yml names no basis: give the number of the notice"
    if not kit.source:
        yield "source is empty: say which report the figures are of"
    if not kit.authority:
        yield "authority is empty: name the body of the sample"
    missing = list(_missing_cells(kit, version))
    yield from _shortened(missing)
    if not missing and kit.authority:
        yield from _unbalanced(kit, version)
        yield from _misread(kit, version)
    yield from _unlabelled(kit, version)


def render_sample(path: Path, layout: Layout) -> bytes:
    """The document that prints the sample of a complete kit."""
    kit = msgspec.yaml.decode(path.read_bytes(), type=FormKit)
    return render(_report(kit, form().versions[kit.form_version]), layout, "simplified")


def _missing_cells(kit: FormKit, version: FormVersion) -> Iterator[str]:
    for name, table in version.tables.items():
        rows = kit.tables.get(name, {})
        yield from (f"{name} has no row {row}: the form does not have it" for row in rows.keys() - table.rows.keys())
        for row in table.rows:
            columns, values = table.columns_of(row), rows.get(row, [])
            if len(values) != len(columns) or None in values:
                yield f"{name}.{row} wants {len(columns)} figures ({', '.join(columns)})"


def _shortened(messages: list[str]) -> list[str]:
    more = len(messages) - _LISTED
    return messages[:_LISTED] + ([f"and {more} more rows"] if more > 0 else [])


def _figures(kit: FormKit, version: FormVersion) -> dict[str, TableFigures]:
    return {
        name: TableFigures(
            form_version=version.version,
            cells={row: dict(zip(table.columns_of(row), kit.tables[name][row], strict=True)) for row in table.rows},
        )
        for name, table in version.tables.items()
    }


def _cells(figures: dict[str, TableFigures]) -> dict[str, Value]:
    return {
        f"{name}.{row}.{column}": value
        for name, table in figures.items()
        for row, values in table.cells.items()
        for column, value in values.items()
    }


def _unbalanced(kit: FormKit, version: FormVersion) -> Iterator[str]:
    cells = {cell: value for cell, value in _cells(_figures(kit, version)).items() if isinstance(value, int)}
    for table in version.tables:
        enforced = {identity.id for identity in version.identities_of(table, enforced=True)}
        for identity, (residual, status) in evaluate(version, table, cells).items():
            if identity in enforced and status != "pass":
                yield f"identity {identity} does not hold in the sample: residual {residual}"


def _report(kit: FormKit, version: FormVersion) -> RenderedReport:
    return RenderedReport(
        authority=kit.authority,
        year=kit.year,
        title=(f"{kit.authority}{kit.year}年政府信息公开工作年度报告",),
        tables=_figures(kit, version),
    )


def _misread(kit: FormKit, version: FormVersion) -> Iterator[str]:
    """Layouts from which the sample is not read as it is."""
    report = _report(kit, version)
    expected = _cells(report.tables)
    for layout in LAYOUTS:
        differing = _differences(render(report, layout, "simplified"), expected)
        if differing:
            yield f"layout {layout} is not read back: {', '.join(_shortened(differing))}"


def _differences(content: bytes, expected: dict[str, Value]) -> list[str]:
    read = read_tables(read_pieces(content, detect_media_type(content, "report")))
    found: dict[str, Value] = {
        f"{name}.{row}.{column}": value
        for name, table in read.tables.items()
        for row, values in table["cells"].items()
        for column, value in values.items()
    }
    cells = sorted(expected.keys() | found.keys())
    return [f"{c} {expected.get(c)} -> {found.get(c)}" for c in cells if found.get(c) != expected.get(c)]


def _unlabelled(kit: FormKit, version: FormVersion) -> Iterator[str]:
    """New rows without a printed label, and printed labels under which the row is not found."""
    known = {
        f"{table.id}.{row}"
        for other in form().versions.values()
        if other.version != version.version
        for table in other.tables.values()
        for row in table.rows
    }
    rows = {f"{table.id}.{row.id}": row.zh for table in version.tables.values() for row in table.rows.values()}
    for row in sorted(rows.keys() - known - set(kit.printed_labels.values())):
        yield f"printed_labels has none for the new row {row}: give it as a report prints it"
    if kit.authority and not any(_missing_cells(kit, version)):
        yield from _misread_labels(kit, version, rows)


def _misread_labels(kit: FormKit, version: FormVersion, rows: dict[str, str]) -> Iterator[str]:
    report = _report(kit, version)
    content = render(report, "pipes", "simplified").decode()
    for label, row in kit.printed_labels.items():
        if row not in rows:
            yield f"printed_labels: {row} is no row of version {version.version}"
        elif differing := _differences(content.replace(rows[row], label).encode(), _cells(report.tables)):
            yield f"label {label} is not read as {row} ({differing[0]}): add it to the row's aliases"
