"""All tables of a document: found, aligned, arbitrated and written down."""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

from contracts.form import Table, form
from contracts.raw_json import Leftover, Reading, Span
from pipelines.extract.fold import label_key
from pipelines.extract.form_reader.arbitration import arbitrate
from pipelines.extract.form_reader.blocks import Block, find_blocks, find_lost_figures
from pipelines.extract.form_reader.record import record_table
from pipelines.extract.form_reader.tokens import Token, read_tokens
from pipelines.extract.form_reader.turned import turn_tables
from pipelines.extract.form_reader.units import read_units
from pipelines.extract.form_reader.worded import mark_worded_cells
from pipelines.extract.form_reader.words import keep_struck, keep_words
from pipelines.extract.pieces import Piece


class TablesRead(Struct, kw_only=True):
    """The tables of a document as the raw extracted JSON has them.

    `tables` has one entry for each table that is there: `{form_version, cells: {row: {column: value}}}`. `spans` says
    where each row `table.row` was printed, `places` the same for the figure of each cell. `blocks` are ranges
    `[start, end)` of pieces that belong to tables.
    """

    tables: dict[str, dict[str, Any]]
    readings: list[Reading]
    spans: dict[str, Span]
    leftovers: list[Leftover]
    blocks: list[tuple[int, int]]
    places: dict[str, Span]


def read_tables(pieces: Sequence[Piece]) -> TablesRead:
    """Read the tables of the form out of pieces in reading order, whatever layout they came from.

    A number is never changed and never invented: where the pieces and the identities leave several readings, the
    cell is None and its reading names the candidates. Tables that are not there are not in `tables`.

    Raises:
        Unreadable: `several_reports`, if a table is printed twice.
    """
    read = TablesRead(tables={}, readings=[], spans={}, leftovers=[], blocks=[], places={})
    tokens = turn_tables(mark_worded_cells(read_tokens(pieces)))
    blocks = find_blocks(tokens)
    for block in blocks:
        behind = (token for token in tokens if token.piece >= block.tokens[-1].end)
        _read_block(block, read, behind)
    lost = find_lost_figures(tokens, blocks)
    read.leftovers += [
        Leftover(table=table, raw=token.slot.raw if token.slot else token.text, span=token.span)
        for table, token in lost
    ]
    read.blocks.sort()
    _take_version_of_the_others(read)
    return read


def _read_block(block: Block, read: TablesRead, behind: Iterable[Token]) -> None:
    table = form().versions[block.version].tables[block.table]
    if block.is_unclear:
        read.readings.append(_unclear_reading(block))
        read.blocks += _ranges(block)
        return
    units = read_units(block)
    if not any(slot.kind != "blank" for unit in units.units for slot in unit.slots):
        read.leftovers += [Leftover(table=table.id, raw=slot.raw, span=slot.span) for slot in units.aside]
        read.blocks += _ranges(block) if units.aside else []
        return
    verdicts = arbitrate(block.version, table.id, units.units)
    record = record_table(block.version, table.id, verdicts, units.aside)
    read.tables[table.id] = {"form_version": block.version, "cells": record.cells}
    read.readings += [*_heading_readings(block, table), *record.readings]
    read.leftovers += [*record.leftovers, *keep_words(block, table, record.readings, behind)]
    read.leftovers += keep_struck(block, table, record.readings)
    read.places.update(record.places)
    read.spans.update({f"{table.id}.{row}": span for row, span in units.spans.items()})
    read.blocks += _ranges(block)


def _unclear_reading(block: Block) -> Reading:
    """A table whose version is lost: no figure of it is read, for it could stand under another version's name."""
    versions: list[int | str] = [*form().versions_with(block.table)]
    note = "the labels that tell the versions of the form apart are lost"
    span = block.tokens[0].span
    return Reading(
        cell=block.table, state="ambiguous", raw=block.tokens[0].text, candidates=versions, note=note, span=span
    )


def _heading_readings(block: Block, table: Table) -> list[Reading]:
    """A heading with another number than the form's, read all the same."""
    wanted = label_key(table.ordinal)
    for token in block.tokens:
        for match in token.matches:
            is_heading = any(label.kind == "heading" and label.table == table.id for label in match.labels)
            if is_heading and match.ordinal and label_key(match.ordinal) != wanted:
                note = f"numbered {match.ordinal} in print, {table.ordinal} in the form"
                return [Reading(cell=table.id, state="printed", raw=token.text, span=token.span, note=note)]
    return []


def _ranges(block: Block) -> list[tuple[int, int]]:
    """The pieces of a block without long text in between."""
    ranges: list[tuple[int, int]] = []
    for token in block.tokens:
        if token.kind == "text":
            continue
        if ranges and token.piece <= ranges[-1][1]:
            ranges[-1] = (ranges[-1][0], max(token.end, ranges[-1][1]))
        else:
            ranges.append((token.piece, token.end))
    return ranges


def _take_version_of_the_others(read: TablesRead) -> None:
    """A table that is the same in several versions takes the version of the tables that differ."""
    for name, content in read.tables.items():
        first, *rest = [form().versions[version].tables[name] for version in form().versions_with(name)]
        others = [other["form_version"] for table, other in read.tables.items() if table != name]
        if others and all(table == first for table in rest):
            content["form_version"] = max(others, key=others.count)
