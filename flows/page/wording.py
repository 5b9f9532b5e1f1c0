"""What findings and rules tell in words of the code, said in the words of the form: in Chinese and in English."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from contracts.claims import claim_rules
from contracts.form import form
from contracts.rules import Words, words

Both = tuple[str, str]
_SUM = "sum of the parts"
_VALUE = re.compile(r"(?P<name>[^=]+) = (?P<value>\S+)(?: \(distance (?P<distance>\d+)\))?")
_SHARE = re.compile(r"(\d+) of (\d+) = (.+)")
_SOURCE = re.compile(r"(?P<value>.*) \((?P<source>\w+)\)", re.DOTALL)
_SOURCES = {
    "title": "标题",
    "index_block": "索引栏",
    "period_sentence": "说明统计期限的句子",
    "first_sentence": "首句",
    "contact": "联系方式",
    "text": "正文",
    "name": "机构名称",
    "context": "上下文",
    "misread_name": "误读的名称",
    "kind_of_body": "机构类别",
    "file_name": "文件名",
    "url": "网址",
}
_CELL = re.compile(r"[a-z]\w*?(?:(?:\.|__)\w+)+")  # as ids and as columns name cells
_PLACES = {"page": "第 {} 页", "line": "第 {} 行文字", "table": "第 {} 张表", "row": "表中第 {} 行"}


def cell_label(cell_id: str) -> Both:
    """A cell by the labels of its row and column in the newest version that has it; its id if none has."""
    version = next((version for version in form().versions.values() if cell_id in version.cells), None)
    if version is None:
        return cell_id, cell_id
    cell = version.cells[cell_id]
    table = version.tables[cell.table]
    row, column = table.rows[cell.row], table.columns[cell.column]
    return f"{row.zh} · {column.zh}", f"{row.en} · {column.en}"


def kind_label(kind: str) -> Both:
    """A kind of claim; its id if it is not declared."""
    declared = claim_rules().kinds.get(kind)
    return (declared.zh, declared.en) if declared else (kind, kind)


def place_label(place: Mapping[str, Any]) -> Both:
    """Where something is printed."""
    given = [(name, words.format(place[name])) for name, words in _PLACES.items() if place.get(name)]
    return "，".join(words for _, words in given), ", ".join(f"{name} {place[name]}" for name, _ in given)


def told_label(told: str, claim_kind: str | None) -> Both:
    """What a claim or a field was compared with; as it is told where it is a figure or a quotation."""
    if found := _VALUE.fullmatch(told):
        zh, en = _meaning_label(found["name"], claim_kind)
        far = found["distance"]
        near = (f"（相差 {far} 个数字）", f" ({far} digits apart)") if far else ("", "")
        return f"{zh} = {found['value']}{near[0]}", f"{en} = {found['value']}{near[1]}"
    if claim_kind and (share := _SHARE.fullmatch(told)):
        return f"{share[1]} ÷ {share[2]} = {share[3]}", told
    if not claim_kind and (source := _SOURCE.fullmatch(told)) and source["source"] in _SOURCES:
        return f"{source['value']}（{_SOURCES[source['source']]}）", told.replace("_", " ")
    return told, told


def _meaning_label(name: str, claim_kind: str | None) -> Both:
    """A cell, a meaning of a claim as the sum of its cells, an indicator, or a sum."""
    if name == _SUM:
        return "各部分之和", _SUM
    declared = claim_rules().kinds.get(claim_kind or "")
    cells = declared.meanings.get(name, (name,)) if declared else (name,)
    if all(cell in form().cells for cell in cells):
        labels = [cell_label(cell) for cell in cells]
        return " + ".join(zh for zh, _ in labels), " + ".join(en for _, en in labels)
    if indicator := form().indicators.get(name.removeprefix("legacy_")):
        return indicator.zh, indicator.en
    if name in claim_rules().kinds:
        return kind_label(name)
    return kind_label(claim_kind) if claim_kind else (name, name)


def rule_label(told: str | None) -> Both:
    """What a rule says of what it found, by the words that the catalogue declares; else only its cells are named."""
    if told is None:
        return "", ""
    for declared, one, several in _patterns():
        if several.fullmatch(told):
            return "，".join(_filled(declared, found) for found in one.finditer(told)), told
    return _cells_named(told), told


@cache
def _patterns() -> list[tuple[Words, re.Pattern[str], re.Pattern[str]]]:
    """The declared words, the longest first: a pattern of one such text, and of several with commas between."""
    patterns = []
    for declared in sorted(words().values(), key=lambda each: -len(each.en)):
        text, places = re.escape(declared.en), declared.places
        for name in places:
            # A list of cells has commas of its own; it is the only place of its text.
            value = r"[^\s,]+" if len(places) > 1 else r".+"
            text = text.replace(re.escape(f"{{{name}}}"), f"(?P<{name}>{value})")
        repeated = re.sub(r"\?P<\w+>", "?:", text)
        patterns.append((declared, re.compile(f"{text}(?=, |$)"), re.compile(f"{repeated}(?:, {repeated})*")))
    return patterns


def _filled(declared: Words, found: re.Match[str]) -> str:
    return declared.zh.format(**{name: _value_named(value) for name, value in found.groupdict().items()})


def _value_named(value: str) -> str:
    """A row of the form by its label, cells by theirs; anything else as it is."""
    tables = next(iter(form().versions.values())).tables.values()
    rows = [table.rows[value].zh for table in tables if value in table.rows]
    return rows[0] if rows else _cells_named(value)


def _cells_named(text: str) -> str:
    return _CELL.sub(lambda found: _cell_named(found[0]), text)


def _cell_named(name: str) -> str:
    """The label of a cell named by its id or its column, with or without its table; else the name."""
    place = name.replace("__", ".")
    ids = (place, *(f"{table}.{place}" for table in form().tables))
    return next((cell_label(cell)[0] for cell in ids if cell in form().cells), name)
