"""Blocks: which tokens of a document belong to which table, and which version of the form a table follows."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice, takewhile

from msgspec import Struct

from contracts.form import form
from pipelines.extract.errors import Unreadable
from pipelines.extract.form_reader.tokens import Token

_PROSE_BETWEEN = 240  # characters of other text that end a table
LONGEST_WORDS = 40  # characters of words in a figure's place
_LONGEST_STUB = 10  # characters of the one cell before a table's only figures that says what they count
_FOREIGN_LABELS = 3  # labels of another table that end a table
_FOREIGN_COST = 3  # a row or column that a version does not have, against one that is not found


class Block(Struct, frozen=True):
    """The tokens of one table, from its first label to its last figure.

    `is_unclear`: what tells the versions of the form apart is lost, so that a figure may stand under another's name.
    """

    table: str
    version: str
    tokens: tuple[Token, ...]
    is_unclear: bool = False

    @property
    def in_rows(self) -> bool:
        """Whether rows have ends of their own, so that an empty line is no blank cell."""
        return any(token.in_row for token in self.tokens)


class PrintedTable(Struct, frozen=True):
    """A table with full rows, and the pieces [start, end) from its first label to its last figure."""

    table: str
    start: int
    end: int


def find_blocks(tokens: Sequence[Token]) -> list[Block]:
    """The block of each table that the document has.

    Raises:
        Unreadable: `several_reports`, if a table is printed twice, so that figures of two reports could be mixed.
    """
    blocks: list[Block] = []
    for table in form().tables:
        candidates = _candidates(tokens, table)
        if len(candidates) > 1 and sum(_has_full_row(cluster, table) for cluster in candidates) > 1:
            raise Unreadable("several_reports", f"table {table} is printed {len(candidates)} times")
        if candidates:
            best = max(candidates, key=lambda cluster: len(_named(cluster, table)))
            version, is_unclear = _version(best, table)
            blocks.append(Block(table, version, tuple(best), is_unclear))
    return blocks


def find_lost_figures(tokens: Sequence[Token], blocks: Sequence[Block]) -> Iterator[tuple[str, Token]]:
    """The figures that no block holds, with their table.

    They stand in a row that a block ends within, with the words that end it, or among the labels of a table that has
    too few figures to be one.
    """
    found = {block.table for block in blocks}
    ends = [(block.table, block.tokens[-1].end) for block in blocks if block.tokens[-1].kind != "row_end"]
    for index, token in enumerate(tokens):
        for table in [table for table, end in ends if token.piece == end]:
            row = list(takewhile(lambda cell: cell.kind != "row_end", _cells_from(tokens, index)))
            words = [cell for cell in row if cell.kind == "text" and len(cell.text) <= LONGEST_WORDS]
            yield from ((table, cell) for cell in (*words, *_printed(_cells_from(tokens, index))))
    for table in (table for table in form().tables if table not in found):
        for first, last in _clusters(tokens, table):
            cluster = [*tokens[first : last + 1], *_cells_from(tokens, last + 1)]
            if _is_headed(cluster, table):
                yield from ((table, cell) for cell in _printed(cluster))


def _cells_from(tokens: Sequence[Token], start: int) -> Iterator[Token]:
    """The cells of a row and of the rows below it, up to the labels of a table or to the end of the grid."""
    for token in islice(tokens, start, None):
        if token.tables or not (token.in_row or token.kind == "row_end"):
            return
        yield token


def _printed(tokens: Iterable[Token]) -> Iterator[Token]:
    return (token for token in tokens if token.slot is not None and token.slot.is_printed)


def find_printed_tables(tokens: Sequence[Token]) -> list[PrintedTable]:
    """Every table with full rows in reading order, also those that are printed twice."""
    found = [
        PrintedTable(table, cluster[0].piece, cluster[-1].end)
        for table in form().tables
        for cluster in _candidates(tokens, table)
        if _has_full_row(cluster, table)
    ]
    return sorted(found, key=lambda printed: printed.start)


def _candidates(tokens: Sequence[Token], table: str) -> list[list[Token]]:
    clusters = (_extended(tokens, cluster, table) for cluster in _clusters(tokens, table))
    return [cluster for cluster in clusters if _is_table(cluster, table)]


def _has_full_row(tokens: Sequence[Token], table: str) -> bool:
    """Whether a row of the table has behind its label as many figures as the form has columns for it.

    Rows side by side have all their figures behind all their labels.
    """
    widths = _row_widths(table)
    if _is_side_by_side(table):
        return sum(_is_figure(token) for token in tokens) >= sum(widths.values())
    for index, token in enumerate(tokens):
        rows = [label.id for match in token.matches for label in match.labels if label.kind == "row"]
        wanted = min((widths[row] for row in rows if row in widths), default=0)
        figures = sum(1 for _ in takewhile(_is_figure, islice(tokens, index + 1, None)))
        if wanted and figures >= wanted:
            return True
    return False


@cache
def _is_side_by_side(table: str) -> bool:
    names = form().versions_with(table)
    return all(form().versions[name].tables[table].layout == "rows_side_by_side" for name in names)


def _is_figure(token: Token) -> bool:
    return token.slot is not None and not _is_empty(token)


@cache
def _row_widths(table: str) -> dict[str, int]:
    """How many cells each row of a table has, in the version that has the fewest."""
    widths: dict[str, int] = {}
    for name in form().versions_with(table):
        for row, count in Counter(cell.row for cell in form().versions[name].tables[table].cells).items():
            widths[row] = min(count, widths.get(row, count))
    return widths


def _clusters(tokens: Sequence[Token], table: str) -> Iterator[tuple[int, int]]:
    """First and last label of each run of labels that only `table` has."""
    first = last = -1
    prose = foreign = 0
    for index, token in enumerate(tokens):
        if token.kind == "slot":
            continue
        if table in token.tables:
            if first >= 0 and (prose > _PROSE_BETWEEN or foreign >= _FOREIGN_LABELS):
                yield first, last
                first = -1
            first, last = index if first < 0 else first, index
            prose = foreign = 0
        elif token.kind == "text":
            prose += len(token.text)
        elif token.tables:
            foreign += 1
    if first >= 0:
        yield first, last


def _extended(tokens: Sequence[Token], cluster: tuple[int, int], table: str) -> list[Token]:
    """The tokens of a cluster with the figures behind its last label."""
    first, last = cluster
    end, has_stub = last + 1, False
    for index in range(last + 1, len(tokens)):
        token = tokens[index]
        is_other = token.kind == "text" or any(other != table for other in token.tables)
        if is_other and (has_stub or not token.in_row or len(token.text) > _LONGEST_STUB):
            break
        has_stub |= is_other or token.kind == "slot"
        if token.kind in ("slot", "row_end"):
            end = index + 1
    while (
        end > last + 1 and tokens[end - 1].kind == "slot" and _is_empty(tokens[end - 1]) and not tokens[end - 1].in_row
    ):
        end -= 1
    return _without_rows_behind(list(tokens[first:end]), last - first)


def _without_rows_behind(tokens: list[Token], last_label: int) -> list[Token]:
    """Without rows of nothing but blank cells behind the last label's row."""
    ends = [index + 1 for index in range(last_label, len(tokens)) if tokens[index].kind == "row_end"]
    while len(ends) > 1 and all(_is_empty(token) for token in tokens[ends[-2] : ends[-1] - 1]):
        ends.pop()
        tokens = tokens[: ends[-1]]
    return tokens


def _is_empty(token: Token) -> bool:
    return token.slot is not None and token.slot.kind == "blank"


def _named(tokens: Iterable[Token], table: str) -> set[tuple[str, str]]:
    """Kind and id of the labels of `table` among the tokens."""
    return {
        (label.kind, label.id)
        for token in tokens
        for match in token.matches
        for label in match.labels
        if label.table == table
    }


def _is_table(tokens: Sequence[Token], table: str) -> bool:
    """Whether the tokens are a printed table: rows, something over them, and figures or blank cells for them."""
    values = sum(max(1, token.slot.room) for token in tokens if token.slot is not None)
    return values >= 3 and _is_headed(tokens, table)


def _is_headed(tokens: Sequence[Token], table: str) -> bool:
    """Whether there are labels of rows, and labels of something over them."""
    kinds = [kind for kind, _ in _named(tokens, table)]
    over = len(kinds) - kinds.count("row")
    return kinds.count("row") >= 1 and over >= 1 and len(kinds) >= 3


def _version(tokens: Sequence[Token], table: str) -> tuple[str, bool]:
    """The version whose labels are there, and whether that is unclear.

    Chosen is the one with fewest rows not found and no rows and columns of another. It is unclear if as many labels are
    another's alone as its own alone; or if it has none of its own and not as many figures as its table, unless the
    columns are the same, so that a figure means the same in both.
    """
    names = form().versions_with(table)
    found = _found_labels(tokens, table)
    costs = {name: _cost(found, table, name) for name in names}
    best = min(names, key=lambda name: costs[name])
    others = [name for name in names if name != best and _labels_of(name, table) != _labels_of(best, table)]
    for other in others:
        own, foreign = (
            len(found & (_labels_of(a, table) - _labels_of(b, table))) for a, b in ((best, other), (other, best))
        )
        is_silent = own == foreign == 0
        harmless = is_silent and (_has_same_columns(best, other, table) or _has_as_many_figures(tokens, table, best))
        if own <= foreign and not harmless:
            return best, True
    return best, False


@cache
def _labels_of(version: str, table: str) -> frozenset[tuple[str, str]]:
    """Kind and id of the rows and columns of a table in a version."""
    declared = form().versions[version].tables[table]
    return frozenset([("row", row) for row in declared.rows] + [("column", column) for column in declared.columns])


def _has_same_columns(version: str, other: str, table: str) -> bool:
    return list(form().versions[version].tables[table].columns) == list(form().versions[other].tables[table].columns)


def _has_as_many_figures(tokens: Sequence[Token], table: str, version: str) -> bool:
    slots = [token.slot for token in tokens if token.slot is not None]
    return all(slot.room <= 1 for slot in slots) and len(slots) == len(form().versions[version].tables[table].cells)


def _found_labels(tokens: Sequence[Token], table: str) -> set[tuple[str, str]]:
    """Kind and id of rows and columns; where a row is a group in another version, figures behind it decide."""
    found: set[tuple[str, str]] = set()
    for index, token in enumerate(tokens):
        if not token.matches:
            continue
        following = tokens[index + 1] if index + 1 < len(tokens) else token
        for match in token.matches:
            labels = [label for label in match.labels if label.table == table]
            is_group = any(label.kind == "group" for label in labels)
            if is_group and following.slot is None:
                continue
            is_column = not match.ordinal and any(label.kind == "column" for label in labels)
            named = [label for label in labels if label.kind == ("column" if is_column else "row")]
            numbered = [label for label in named if match.ordinal and match.is_numbered_as(label)]
            found |= {(label.kind, label.id) for label in numbered or named}
    return found


def _cost(found: set[tuple[str, str]], table_id: str, name: str) -> int:
    table = form().versions[name].tables[table_id]
    rows = {name for kind, name in found if kind == "row"}
    columns = {name for kind, name in found if kind == "column"}
    foreign = len(rows - set(table.rows)) + len(columns - set(table.columns))
    return len(set(table.rows) - rows) + _FOREIGN_COST * foreign
