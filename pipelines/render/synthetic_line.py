"""Raw extracted JSON as one line of text: a template per version of the form, filled with figures."""

from collections.abc import Sequence

import msgspec

from contracts.form import FormVersion
from contracts.raw_json import SCHEMA_ID
from pipelines.render.report import Value

EXTRACTOR = "synthetic"
EXTRACTOR_VERSION = "1"
_SLOT = "%s"
_SPANS_FROM_LINE = 30


class Heading(msgspec.Struct, frozen=True):
    """What identifies one synthetic report. `size` in bytes; times in UTC."""

    sha256: str
    source_uri: str
    size: int
    captured_at: str
    authority: str
    year: int
    scope: str
    region_code: str
    period: str
    published: str


def _tables(version: FormVersion) -> str:
    """The tables with one slot for each cell, in the order of the version's cells."""
    tables = {}
    for name, table in version.tables.items():
        rows = {row: dict.fromkeys(table.columns_of(row), "") for row in table.rows}
        for cell in table.cells:
            rows[cell.row][cell.column] = _SLOT
        tables[name] = {"form_version": version.version, "cells": rows}
    return msgspec.json.encode(tables).decode().replace(f'"{_SLOT}"', _SLOT)


def _spans(version: FormVersion) -> str:
    """One span for each row, a line for each cell as in the layout of one cell a line."""
    spans, line = {}, _SPANS_FROM_LINE
    for name, table in version.tables.items():
        for row in table.rows.values():
            line += 1
            spans[f"{name}.{row.id}"] = {"line": line}
            line += len(table.columns_of(row.id))
    return msgspec.json.encode(spans).decode()


def build_template(version: FormVersion) -> str:
    """The line with slots: the fields of :class:`Heading`, one slot a cell, then readings and claims as JSON."""
    return (
        f'{{"schema":"{SCHEMA_ID}","document":{{"sha256":"%s","media_type":"text/html","source_uri":"%s","bytes":%d,'
        f'"captured_at":"%s"}},"extractor":{{"name":"{EXTRACTOR}","version":"{EXTRACTOR_VERSION}"}},'
        '"reports":[{"authority":{"printed":"%s","normalised":"%s"},"year":%d,"scope":"%s","region_code":"%s",'
        f'"period":"%s","published":"%s","tables":{_tables(version)},"readings":%s,'
        f'"spans":{_spans(version)},"leftovers":[],"claims":%s}}]}}\n'
    )


def printed_value(value: Value) -> str:
    """A cell as JSON: a number, a quoted string or null."""
    if value is None:
        return "null"
    return str(value) if isinstance(value, int) else f'"{value}"'


def fill_template(template: str, heading: Heading, values: Sequence[Value], readings: bytes, claims: bytes) -> str:
    """One line of JSON for one report; `values` in the order of the version's cells."""
    return template % (
        heading.sha256,
        heading.source_uri,
        heading.size,
        heading.captured_at,
        heading.authority,
        heading.authority,
        heading.year,
        heading.scope,
        heading.region_code,
        heading.period,
        heading.published,
        *map(printed_value, values),
        readings.decode(),
        claims.decode(),
    )
