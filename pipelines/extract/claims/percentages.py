"""Percentages: the share of a figure of the prose in another one, and a change since a figure of last year."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from contracts.claims import claim_rules, recompute_claim
from contracts.raw_json import Claim, Operand
from pipelines.extract.claims.comparisons import PERCENT, change, is_more, is_of_last_year
from pipelines.extract.claims.figures import Statement
from pipelines.extract.claims.patterns import one_of
from pipelines.extract.claims.prose import Prose, Sentence
from pipelines.extract.claims.sums import Part
from pipelines.extract.claims.tokens import COUNT, Token, read_tokens

_WHOLES = {
    "received": ("received", "new_received", "handled"),
    "decided": ("decided", "handled", "all_decided"),
    "disclosed": ("disclosures",),
    "cases": ("review", "lawsuits", "cases"),
}
_WHOLE_OF_ROLE = {
    "channel": "received",
    "applicant": "received",
    "outcome": "decided",
    "platform": "disclosed",
    "disclosed": "disclosed",
    "result": "cases",
}
_FAR = 4  # sentences of figures between a share and the total that it is of
_CLAUSE = 40  # characters of the words that a share or a change stands in


class _Percentage(Struct):
    """A printed percentage: its digits without a point, and the place of its words in the sentence."""

    value: int
    decimals: int
    start: int
    end: int


@cache
def _share() -> re.Pattern[str]:
    words = one_of(claim_rules().share_words)
    return re.compile(
        rf"(?P<each>分别)?(?:{words})(?P<of>[^\d,;。%]{{0,20}}?)(?P<list>{PERCENT}(?:[、和及]{PERCENT})*)"
    )


def _percentage(match: re.Match[str], group: int, start: int) -> _Percentage:
    fraction = match[group + 1] or ""
    return _Percentage(int(match[group] + fraction), len(fraction), start, match.end())


class PercentageReader:
    """Reads the percentages of sentences that were read for figures before; `parts` are their statements."""

    def __init__(self, prose: Prose, parts: Sequence[Part], year: int | None) -> None:
        """`year` is the report's year, if known: a figure dated the year before is last year's."""
        self._prose = prose
        self._parts = parts
        self._year = year
        self._figures: dict[int, Claim] = {statement.start: claim for statement, claim in parts}
        self._next = len(parts) + 1
        self.claims: list[Claim] = []

    def read(self, sentence: Sentence, number: int) -> None:
        """Read one sentence, the `number`th of those with figures."""
        if "%" not in sentence.text:
            return
        tokens = [token for token in read_tokens(sentence.text) if token.kind == COUNT]
        for match in _share().finditer(sentence.text):
            self._read_share(sentence, number, tokens, match)
        for match in change().finditer(sentence.text):
            self._read_change(sentence, tokens, match)

    def _read_share(self, sentence: Sentence, number: int, tokens: list[Token], match: re.Match[str]) -> None:
        shares = [_percentage(found, 1, match.start()) for found in re.finditer(PERCENT, match["list"])]
        before = [token for token in tokens if token.end <= match.start()]
        clause = max(sentence.text.rfind(mark, 0, match.start()) for mark in "%;")
        before = [token for token in before if token.start > clause]
        if len(before) < len(shares) or (len(shares) > 1 and not match["each"]):
            return
        for share, token in zip(shares, before[len(before) - len(shares) :], strict=True):
            share.end = match.end()
            part = self._statement(sentence, token)
            wholes = self._wholes(part, number, sentence.positions[token.start], match["of"], token.value)
            self._add_share(sentence, share, token, wholes)

    def _statement(self, sentence: Sentence, token: Token) -> Statement | None:
        start = sentence.positions[token.start]
        return next((statement for statement, _ in self._parts if statement.start == start), None)

    def _wholes(self, part: Statement | None, number: int, start: int, words: str, value: int) -> list[Claim]:
        """The totals that a share may be of, the nearest first: those that its words name, else those of its kind."""
        declared = claim_rules().share_wholes
        named = next((name for name, found in declared.items() if any(word in words for word in found)), "")
        name = named or (_WHOLE_OF_ROLE.get(part.role, "") if part else "disclosed")
        return [
            claim
            for statement, claim in reversed(self._parts)
            if statement.kind in _WHOLES.get(name, ())
            and statement.start < start
            and number - statement.sentence <= _FAR
            and statement.value >= value
            and not statement.inherited
        ]

    def _figure(self, sentence: Sentence, token: Token, kind: str) -> Claim:
        """The claim of a printed figure: the one that was read already, or a new one of no cell."""
        start = sentence.positions[token.start]
        if start not in self._figures:
            end = sentence.positions[token.end - 1] + 1
            self._figures[start] = self._new(kind, token.value, self._prose.printed[start:end], (start, end))
        return self._figures[start]

    def _new(self, kind: str, value: int, quote: str, place: tuple[int, int]) -> Claim:
        claim = Claim(
            id=f"c{self._next}",
            kind=kind,
            terms=[],
            value=value,
            quote=quote.replace("\n", "").strip(),
            agrees=None,
            span=self._prose.span(*place),
        )
        self._next += 1
        self.claims.append(claim)
        return claim

    def _add_share(self, sentence: Sentence, share: _Percentage, token: Token, wholes: list[Claim]) -> None:
        part = self._figure(sentence, token, "share_part")
        claim = self._new_percentage("share", sentence, share, token.start)
        claim.terms = [Operand(operand=f"claim.{part.id}")]
        for whole in wholes:
            if not claim.agrees:
                self._assess(claim, [Operand(operand=f"claim.{whole.id}")])
        if not claim.agrees and len({whole.value for whole in wholes}) > 1:
            claim.base, claim.agrees, claim.candidates = [], None, []  # it may be of any of them

    def _new_percentage(self, kind: str, sentence: Sentence, found: _Percentage, start: int) -> Claim:
        first, last = sentence.positions[start], sentence.positions[found.end - 1] + 1
        own = sentence.positions[found.start]
        claim = self._new(kind, found.value, self._prose.printed[first:last], (own, last))
        claim.decimals = found.decimals
        claim.meaning = kind
        return claim

    def _assess(self, claim: Claim, base: list[Operand]) -> None:
        stated = {known.id: known.value for known in [*self._figures.values(), *self.claims]}
        claim.base = base
        claim.agrees = recompute_claim(claim, {}, {}, stated)
        part = sum(term.weight * stated[term.operand[6:]] for term in claim.terms)
        whole = sum(term.weight * stated[term.operand[6:]] for term in base)
        claim.candidates = [f"{part} of {whole} = {100 * part / whole:.{claim.decimals + 2}f} %"] if whole else []
        if claim.agrees is not False:
            claim.candidates = []

    def _read_change(self, sentence: Sentence, tokens: list[Token], match: re.Match[str]) -> None:
        """A change is read only where the sentence prints this year's figure and last year's, or the difference.

        A percentage ends what was compared before it: `20 % more than the 40 of last year` is not of the next figure.
        """
        text = sentence.text
        differences = {token.start: found for token in tokens if (found := is_more(text, token)) is not None}
        last = [token for token in tokens if token.start not in differences and self._is_last_year(sentence, token)]
        plain = [token for token in tokens if token.start not in differences and token not in last]
        own = [token for token in plain if token.end <= match.start()]
        if not own or match.start() - own[-1].end > _CLAUSE:
            return
        near = [
            token
            for token in last
            if abs(token.start - match.start()) <= _CLAUSE
            and "%" not in text[token.end : match.start()]
            and not any(match.end() <= other.start < token.start for other in plain)
        ]
        between = [token for token in tokens if token.start in differences and own[-1].end <= token.start]
        between = [
            token for token in between if token.end <= match.start() and "%" not in text[token.end : match.start()]
        ]
        if len(near) == 1:
            self._add_change(sentence, match, own, near[0])
        elif not near and len(between) == 1 and differences[between[0].start] is (match["rise"] is not None):
            self._add_difference(sentence, match, own, between[0])

    def _is_last_year(self, sentence: Sentence, token: Token) -> bool:
        statement = self._statement(sentence, token)
        is_carried = statement is not None and statement.kind.startswith("carried")
        return not is_carried and is_of_last_year(sentence.text, token, self._year)

    def _add_change(self, sentence: Sentence, match: re.Match[str], own: list[Token], last: Token) -> None:
        sign: Literal[1, -1] = 1 if match["rise"] else -1
        before = self._figure(sentence, last, "last_year")

        def operands(this: Claim) -> tuple[list[Operand], list[Operand]]:
            risen, fallen = (this, before) if sign > 0 else (before, this)
            terms = [Operand(operand=f"claim.{risen.id}"), Operand(operand=f"claim.{fallen.id}", weight=-1)]
            return terms, [Operand(operand=f"claim.{before.id}")]

        self._add_first_that_agrees(sentence, match, own, operands)

    def _add_difference(self, sentence: Sentence, match: re.Match[str], own: list[Token], by: Token) -> None:
        """The change where only the difference is printed: last year's figure is this year's without it."""
        back: Literal[1, -1] = -1 if match["rise"] else 1
        difference = Operand(operand=f"claim.{self._figure(sentence, by, 'share_part').id}")

        def operands(this: Claim) -> tuple[list[Operand], list[Operand]]:
            return [difference], [Operand(operand=f"claim.{this.id}"), replace(difference, weight=back)]

        self._add_first_that_agrees(sentence, match, own, operands)

    def _add_first_that_agrees(
        self,
        sentence: Sentence,
        match: re.Match[str],
        own: list[Token],
        operands: Callable[[Claim], tuple[list[Operand], list[Operand]]],
    ) -> None:
        """The change of the nearest figure before it that agrees; which one is meant stays open if none does."""
        found = _percentage(match, 2, match.start())
        near = [token for token in reversed(own) if match.start() - token.end <= _CLAUSE]
        self._figure(sentence, near[0], "share_part")
        near = [token for token in near if sentence.positions[token.start] in self._figures]
        claim = self._new_percentage("change", sentence, found, near[0].start)
        for token in near:
            claim.terms, base = operands(self._figure(sentence, token, "share_part"))
            self._assess(claim, base)
            if claim.agrees:
                return
        if len({token.value for token in near}) > 1:
            claim.terms, claim.base, claim.agrees, claim.candidates = [], [], None, []


def read_percentages(
    prose: Prose, sentences: Iterable[Sentence], parts: Sequence[Part], year: int | None
) -> list[Claim]:
    """The percentages of the prose whose figures are printed with them, and those figures where no claim states them.

    A share without a total that it can be of is not assessed; a change is read only with last year's figure.

    Args:
        prose: the prose that the sentences are of.
        sentences: its sentences with figures, all of them and in order.
        parts: the statements that were read from them, with their claims.
        year: the report's year, if known.
    """
    reader = PercentageReader(prose, parts, year)
    for number, sentence in enumerate(sentences, start=1):
        reader.read(sentence, number)
    return reader.claims
