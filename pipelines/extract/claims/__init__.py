"""Claims: the figures that the prose of a report states, compared with its tables and with each other.

Prose is a second witness: a claim is read and compared, never merged into a cell.
"""

from collections.abc import Iterable, Mapping, Sequence

from contracts.raw_json import Claim, Legacy
from pipelines.extract.claims.assessment import assess_statement, is_a_part, read_figures
from pipelines.extract.claims.figures import Statement
from pipelines.extract.claims.percentages import read_percentages
from pipelines.extract.claims.prose import read_prose, read_sentences
from pipelines.extract.claims.rates import read_rates
from pipelines.extract.claims.statements import read_statements
from pipelines.extract.claims.sums import Part, read_balance, read_implied_carry, read_indicator_sums, read_list_sums
from pipelines.extract.pieces import Piece

_IN_SUMS_ONLY = ("disclosures", "disclosures_part")


def _with_implied_zero(statements: list[Statement]) -> list[Statement]:
    """`all were answered` also says that none is carried out, if all are those received and no other word is."""
    received = {statement.value for statement in statements if statement.kind in ("received", "new_received")}
    if any(statement.kind in ("carried_out", "carried") for statement in statements):
        return statements
    completed: list[Statement] = []
    for statement in statements:
        completed.append(statement)
        if statement.kind == "all_decided" and statement.value in received:
            place = (statement.start, statement.end, statement.quote, statement.paragraph, statement.sentence)
            completed.append(Statement("none_carried_out", 0, (), *place, inherited=True))
    return completed


def _without_lone_disclosures(claims: list[Claim], sums: list[Claim]) -> list[Claim]:
    """Items disclosed are kept only where a sum of the prose names them: the form has no cell for them."""
    used = {term.operand for claim in sums for term in (*claim.terms, *claim.base)}
    return [claim for claim in claims if claim.kind not in _IN_SUMS_ONLY or f"claim.{claim.id}" in used]


def read_claims(
    pieces: Sequence[Piece],
    blocks: Iterable[tuple[int, int]],
    cells: Mapping[str, int | None],
    legacy: Legacy | None,
    year: int | None = None,
) -> list[Claim]:
    """The claims of a report's prose, in reading order, sums last.

    Args:
        pieces: the document in reading order.
        blocks: ranges of piece indices [start, end) that belong to tables; they hold no prose.
        cells: the integer cells of the report by cell id.
        legacy: the indicators of a report on 2008-2018.
        year: the report's year, if known; figures that the prose dates otherwise are passed over.
    """
    prose = read_prose(pieces, blocks)
    sentences = list(read_sentences(prose))
    figures = read_figures(cells, legacy)
    parts: list[Part] = []
    for stated in _with_implied_zero(read_statements(sentences, year)):
        statement, claim = assess_statement(f"c{len(parts) + 1}", stated, prose, figures)
        if not is_a_part(statement, claim, figures):
            parts.append((statement, claim))
    percentages = read_percentages(prose, sentences, parts, year)
    percentages += read_rates(prose, cells, len(parts) + len(percentages) + 1)
    whole = [(statement, claim) for statement, claim in parts if claim.agrees or not statement.may_be_part]
    sums = _read_sums(whole, len(parts) + len(percentages) + 1, cells, legacy)
    return _without_lone_disclosures([claim for _, claim in parts], percentages + sums) + percentages + sums


def _read_sums(parts: list[Part], first_id: int, cells: Mapping[str, int | None], legacy: Legacy | None) -> list[Claim]:
    sums = read_list_sums(parts, first_id)
    sums += read_balance(parts, f"c{first_id + len(sums)}", cells)
    is_printed = cells.get("applications.carried_in.total") is not None
    sums += read_implied_carry(parts, f"c{first_id + len(sums)}", is_printed=is_printed)
    return sums + read_indicator_sums(legacy, first_id + len(sums))
