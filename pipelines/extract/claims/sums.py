"""Sums: figures of the prose, or of a table of indicators, that others break down, and what they imply together."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from contracts.claims import category_rows, indicator_values, recompute_agreement, terms_value
from contracts.form import form
from contracts.raw_json import Claim, Legacy, LegacyIndicator, Operand
from pipelines.extract.claims.figures import Statement
from pipelines.extract.claims.lists import must_add_up

_LISTS = {
    "channel": ("channel_sum", ("received", "new_received", "handled")),
    "applicant": ("applicant_sum", ("received", "new_received", "handled")),
    "outcome": ("outcome_sum", ("decided", "handled", "received", "new_received")),
    "result": ("result_sum", ("review", "lawsuits", "lawsuit_direct", "lawsuit_after_review", "cases")),
    "platform": ("disclosure_sum", ("disclosures",)),
}
_OPEN_LISTS = ("platform", "channel")  # nobody knows all of their classes
_CARRIED_IN = "applications.carried_in.total"
_FAR = 3  # sentences of figures between the parts of one list, or between a list and its total
Part = tuple[Statement, Claim]


def _lists(parts: Sequence[Part], role: str) -> list[list[Part]]:
    """Neighbouring statements of one role, in one paragraph: the lists that break a total down."""
    chosen = [part for part in parts if part[0].role == role and not part[0].inherited]
    found: list[list[Part]] = [chosen[:1]]
    for before, part in pairwise(chosen):
        same_paragraph = before[0].paragraph == part[0].paragraph
        is_near = part[0].sentence - before[0].sentence <= 1
        if same_paragraph and is_near and before[0].case == part[0].case:
            found[-1].append(part)
        else:
            found.append([part])
    return [entries for entries in found if len(entries) > 1]


def _without_details(entries: list[Part]) -> list[Part]:
    """An outcome list without the rows of a group that it states as a whole."""
    stated = {statement.kind for statement, _ in entries}
    covered = {row for kind in stated for row in category_rows(kind, {})}
    return [
        (statement, claim)
        for statement, claim in entries
        if statement.kind != "outcome_row" or not set(statement.members) & covered
    ]


def _possible_totals(parts: Sequence[Part], entries: list[Part], kinds: tuple[str, ...]) -> list[Part]:
    """Totals that a list may break down, in the order of `kinds` and the nearest first."""
    first, last = entries[0][0], entries[-1][0]
    near = [
        part
        for part in parts
        if part[0].kind in kinds
        and part[0].value
        and part[0].sentence >= first.sentence - _FAR
        and part[0].sentence <= last.sentence
        and (not first.case or part[0].case == first.case)
    ]
    return sorted(near, key=lambda part: (kinds.index(part[0].kind), abs(part[0].start - first.start)))


def _sum_claim(claim_id: str, kind: str, total: Part, entries: list[Part], agrees: bool) -> Claim:
    statement, claim = total
    return Claim(
        id=claim_id,
        kind=kind,
        terms=[Operand(operand=f"claim.{entry.id}") for _, entry in entries],
        value=statement.value,
        quote=claim.quote,
        agrees=agrees,
        meaning="sum_of_parts",
        candidates=[] if agrees else [f"sum of the parts = {sum(entry.value for _, entry in entries)}"],
        span=claim.span,
    )


def _total_of(totals: list[Part], entries: list[Part]) -> Part | None:
    """The first of the possible totals that the parts add up to."""
    value = sum(statement.value for statement, _ in entries)
    return next((part for part in totals if part[0].value == value), None)


def _carried_out_beside(parts: Sequence[Part], entries: list[Part]) -> Part | None:
    """What is said to be carried out in the paragraph of a list and next to it."""
    last = entries[-1][0]
    beside = (
        part
        for part in parts
        if part[0].kind == "carried_out"
        and part[0].paragraph == last.paragraph
        and abs(part[0].sentence - last.sentence) <= 1
    )
    return next(beside, None)


def _same_sentence(total: Part, entries: list[Part]) -> bool:
    return total[0].sentence == entries[0][0].sentence


def read_list_sums(parts: Sequence[Part], first_id: int) -> list[Claim]:
    """One claim for every list of the prose that has a total: does the list add up to it?

    A list that leaves open whether it must add up is no claim if it does not. Outcomes may add up with what is carried
    out. Lists of platforms or channels that do not add up are reported only in the sentence of their total.
    """
    sums: list[Claim] = []
    for role, (kind, kinds) in _LISTS.items():
        for listed in _lists(parts, role):
            entries = _without_details(listed) if role == "outcome" else listed
            totals = _possible_totals(parts, entries, kinds)
            if not totals or len(entries) < 2:
                continue
            total = _total_of(totals, entries)
            if total is None and role == "outcome":
                carried = _carried_out_beside(parts, entries)
                total = _total_of(totals, [*entries, carried]) if carried else None
                entries = [*entries, carried] if carried and total else entries
            agrees = total is not None
            total = total or totals[0]
            if not agrees and not must_add_up(role, [statement for statement, _ in entries], total[1]):
                continue
            if agrees or role not in _OPEN_LISTS or _same_sentence(total, entries):
                sums.append(_sum_claim(f"c{first_id + len(sums)}", kind, total, entries, agrees))
    return sums


def _first(parts: Sequence[Part], *kinds: str) -> Part | None:
    return next((part for kind in kinds for part in parts if part[0].kind == kind), None)


def _balance_terms(parts: Sequence[Part], received: Part, cells: Mapping[str, int | None]) -> tuple[Operand, ...]:
    """What is taken off decided and carried out where only the new applications are named: the carry-in."""
    carried_in = _first(parts, "carried_in")
    if received[1].meaning != "new_received" or received[1].agrees is False:
        return ()
    if carried_in is not None:
        return (Operand(operand=f"claim.{carried_in[1].id}", weight=-1),)
    return (Operand(operand=_CARRIED_IN, weight=-1),) if cells.get(_CARRIED_IN) is not None else ()


def read_balance(parts: Sequence[Part], claim_id: str, cells: Mapping[str, int | None]) -> list[Claim]:
    """Decided plus carried out against what was received, as the prose states them; a carry-in is taken off."""
    received = _first(parts, "received", "new_received")
    decided = _first(parts, "decided", "handled")
    carried_out = _first(parts, "carried_out")
    if received is None or decided is None or carried_out is None:
        return []
    terms = [Operand(operand=f"claim.{part[1].id}") for part in (decided, carried_out)]
    value = received[0].value
    if decided[0].value + carried_out[0].value != value:
        terms.extend(_balance_terms(parts, received, cells))
    found = terms_value(terms, cells, {}, {claim.id: claim.value for _, claim in parts})
    return [
        Claim(
            id=claim_id,
            kind="balance_sum",
            terms=terms,
            value=value,
            quote=received[1].quote,
            agrees=None if found is None else found == value,
            meaning="decided_and_carried_out",
            candidates=[] if found == value else [f"decided_and_carried_out = {found}"],
            span=received[1].span,
        )
    ]


def read_implied_carry(parts: Sequence[Part], claim_id: str, *, is_printed: bool) -> list[Claim]:
    """More answered than received and no carry-in printed anywhere: the least that must have been carried in."""
    received = _first(parts, "received", "new_received")
    decided = _first(parts, "decided")
    if is_printed or received is None or decided is None or _first(parts, "carried_in"):
        return []
    gap = decided[0].value - received[0].value
    if gap <= 0:
        return []
    operand = Operand(operand=_CARRIED_IN)
    return [
        Claim(
            id=claim_id,
            kind="implied_carried_in",
            terms=[operand],
            value=gap,
            quote=decided[1].quote,
            agrees=None,
            meaning="implied_carried_in",
            span=decided[1].span,
        )
    ]


def read_indicator_sums(legacy: Legacy | None, first_id: int) -> list[Claim]:
    """One claim for every total of a table of indicators whose parts are printed: do they add up to it?

    A sum that was the proof of a figure is no witness of it.
    """
    if legacy is None or legacy.variant is None:
        return []
    values = indicator_values(legacy.indicators)
    entries: dict[str, LegacyIndicator] = {}
    for entry in legacy.indicators:
        entries.setdefault(f"{entry.indicator}.{entry.period}", entry)
    used = {name for entry in legacy.indicators for name in entry.proof}
    claims: list[Claim] = []
    for relation in form().legacy_variants[legacy.variant].relations.values():
        for period in ("year", "cumulative"):
            total = values.get(f"{relation.total}.{period}")
            names = [f"{part}.{period}" for part in relation.parts if f"{part}.{period}" in entries]
            if total is None or len(names) < 2 or f"{relation.id}.{period}" in used:
                continue
            terms = [Operand(operand=f"legacy.{name}") for name in names]
            agrees = recompute_agreement(terms, total, {}, values, {})
            stated = entries[f"{relation.total}.{period}"]
            found = terms_value(terms, {}, values, {})
            claims.append(
                Claim(
                    id=f"c{first_id + len(claims)}",
                    kind="indicator_sum",
                    terms=terms,
                    value=total,
                    quote=stated.label,
                    agrees=agrees,
                    meaning="sum_of_parts",
                    candidates=[f"sum of the parts = {found}"] if agrees is False else [],
                    span=stated.span,
                )
            )
    return claims
