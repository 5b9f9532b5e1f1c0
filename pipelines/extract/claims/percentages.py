"""Percentages: the share of a figure of the prose in another one, and a change since a figure of last year."""

import re
from collections.abc import Iterable, Sequence
from functools import cache

from msgspec import Struct

from contracts.claims import claim_rules, recompute_claim
from contracts.raw_json import Claim, Operand
from pipelines.extract.claims.figures import Statement
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
_PERCENT = r"(\d{1,3})(?:\.(\d{1,2}))?%"


class _Percentage(Struct):
    """A printed percentage: its digits without a point, and the place of its words in the sentence."""

    value: int
    decimals: int
    start: int
    end: int


def _one_of(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


@cache
def _share() -> re.Pattern[str]:
    words = _one_of(claim_rules().share_words)
    return re.compile(
        rf"(?P<each>分别)?(?:{words})(?P<of>[^\d,;。%]{{0,20}}?)(?P<list>{_PERCENT}(?:[、和及]{_PERCENT})*)"
    )


@cache
def _change() -> re.Pattern[str]:
    rules = claim_rules()
    return re.compile(rf"(?:(?P<rise>{_one_of(rules.rises)})|{_one_of(rules.falls)})(?:了|约)?{_PERCENT}")


@cache
def _last_year() -> re.Pattern[str]:
    return re.compile(rf"(?:{_one_of(claim_rules().last_year_words)}|(?P<year>20\d\d)年(?:度)?)[^\d,;。]{{0,12}}$")


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
        for match in _change().finditer(sentence.text):
            self._read_change(sentence, tokens, match)

    def _read_share(self, sentence: Sentence, number: int, tokens: list[Token], match: re.Match[str]) -> None:
        shares = [_percentage(found, 1, match.start()) for found in re.finditer(_PERCENT, match["list"])]
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
        whole = stated[base[0].operand[6:]]
        claim.candidates = [f"{part} of {whole} = {100 * part / whole:.{claim.decimals + 2}f} %"] if whole else []
        if claim.agrees is not False:
            claim.candidates = []

    def _read_change(self, sentence: Sentence, tokens: list[Token], match: re.Match[str]) -> None:
        """A change is read only where the sentence prints both figures, this year's before it and last year's."""
        last = [token for token in tokens if self._is_last_year(sentence.text, token)]
        own = [token for token in tokens if token not in last and token.end <= match.start()]
        near = [token for token in last if abs(token.start - match.start()) <= _CLAUSE]
        if len(near) != 1 or not own or match.start() - own[-1].end > _CLAUSE:
            return
        found = _percentage(match, 2, match.start())
        this, before = self._figure(sentence, own[-1], "share_part"), self._figure(sentence, near[0], "last_year")
        claim = self._new_percentage("change", sentence, found, own[-1].start)
        sign: list[tuple[Claim, int]] = [(this, 1), (before, -1)] if match["rise"] else [(before, 1), (this, -1)]
        claim.terms = [Operand(operand=f"claim.{one.id}", weight=1 if weight > 0 else -1) for one, weight in sign]
        self._assess(claim, [Operand(operand=f"claim.{before.id}")])

    def _is_last_year(self, text: str, token: Token) -> bool:
        match = _last_year().search(text, max(0, token.start - 24), token.start)
        return match is not None and (match["year"] is None or int(match["year"]) + 1 == self._year)


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
