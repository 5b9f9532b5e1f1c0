"""Statements: the figures of the prose with their kinds, read segment by segment with the context carried along."""

from collections.abc import Iterable

from msgspec.structs import replace

from contracts.claims import claim_rules
from pipelines.extract.claims.concepts import (
    Concept,
    Domain,
    application_concept,
    case_concept,
    disclosure_concept,
    domain_of,
    is_beside,
    rest_of,
    total_of,
)
from pipelines.extract.claims.figures import Antecedent, Statement
from pipelines.extract.claims.lists import left_by
from pipelines.extract.claims.prose import Sentence, is_heading
from pipelines.extract.claims.scope import counts_a_part, is_made_to_others, says_when
from pipelines.extract.claims.segments import Segment, read_segments, split_items
from pipelines.extract.claims.tokens import CITIZENS, YEAR, Token, read_tokens, with_citizens

_HEADING_WIDTH = 30
_OPENING = 4  # characters before a number that stands for what was named before: `(`, `以上`, `上述`
_EXCEPTION = "除"
_OF_THESE = "中"
_DONE = ("decided", "handled")
_NONE_KINDS = ("received", "new_received", "carried_in", "carried_out", "carried", "case_result")
_NONE_ROLES = ("outcome", "cases")


class StatementReader:
    """Reads sentences in order; what one is about is carried into the next."""

    def __init__(self, year: int | None) -> None:
        """`year` is the report's year, if known: figures of other years are passed over."""
        self.year = year
        self.statements: list[Statement] = []
        self.unnamed: list[Statement] = []
        self._section: Domain = ""
        self._domain: Domain = ""
        self._paragraph = 0
        self._sentence = 0
        self._case = ""
        self._item = ""
        self._pending: Concept | None = None
        self._antecedent: Antecedent | None = None
        self._was_all = False
        self._stated_year: int | None = None
        self._is_part = False
        self._positions: list[int] = []
        self._text = ""

    def read(self, sentence: Sentence) -> None:
        """Read one sentence and append its statements."""
        tokens = with_citizens(read_tokens(sentence.text))
        self._text, self._positions = sentence.text, sentence.positions
        self._sentence += 1
        self._was_all = False
        self._stated_year = None
        self._is_part = False
        self._item = ""
        self._pending = None
        if is_heading(sentence.text):
            self._start_section(sentence.text, tokens)
        keeps = sentence.paragraph == self._paragraph and self._domain in ("application", "disclosure")
        self._domain = self._section or (self._domain if keeps else "")
        if not self._domain and sentence.passed:
            self._domain = domain_of(read_tokens(sentence.passed))
        self._paragraph = sentence.paragraph
        for segment in read_segments(sentence.text, tokens):
            self._read_segment(segment)

    def _start_section(self, text: str, tokens: list[Token]) -> None:
        domain = domain_of(token for token in tokens if token.start < _HEADING_WIDTH)
        if domain or not text.lstrip("(（")[:1].isdigit():
            self._section = "" if domain == "foreign" else domain
            self._antecedent = None
            self._domain = ""

    def _read_segment(self, segment: Segment) -> None:
        for token in segment.tokens:
            if token.kind == YEAR:
                self._stated_year = token.value
        self._is_part = counts_a_part(self._text[segment.start : segment.end], before=self._is_part)
        kinds = segment.kinds
        domain = self._domain_of(segment, kinds)
        if "compare" in kinds or domain == "foreign":
            self._was_all = False
            return
        if segment.number is not None:
            self._read_number(segment, segment.number, domain)
        elif "none" in kinds:
            self._read_none(segment, domain)
        else:
            self._read_words(segment, kinds, domain)

    def _domain_of(self, segment: Segment, kinds: set[str]) -> Domain:
        """What a segment is about: its own telling word nearest to the number, or what the sentence was about."""
        own = domain_of(segment.before) or domain_of(reversed(segment.after))
        if segment.number is None and kinds & {"review", "lawsuit", "lawsuit_direct", "lawsuit_after_review"}:
            own = "cases"
        if not own and self._case and any(kind.startswith("result.") for kind in kinds):
            own = "cases"
        if not own and not self._domain and self._speaks_of_applications(kinds):
            own = "application"
        self._domain = own or self._domain
        return self._domain

    @staticmethod
    def _speaks_of_applications(kinds: Iterable[str]) -> bool:
        declared = claim_rules().kinds
        return any(
            kind in ("application_weak", "carry") or (kind in declared and declared[kind].role == "outcome")
            for kind in kinds
        )

    def _concept(self, tokens: list[Token], domain: Domain) -> Concept | None:
        if domain == "application":
            return application_concept(tokens, self.year)
        if domain == "cases":
            return case_concept(tokens, self._case)
        return disclosure_concept(tokens, self._item) if domain == "disclosure" else None

    def _wordless(self, segment: Segment) -> Concept | None:
        """What a number without words counts: what was named just before it, or the list that it adds up."""
        words = {"together", "neutral", "among", "remaining"}
        if self._pending is not None and self._pending.kind == "cases":
            words |= {"case", "handle"}
        if segment.kinds - words:
            return None
        last = self.statements[-1] if self.statements else None
        if self._pending is None and last is not None and last.sentence == self._sentence:
            if "remaining" not in segment.kinds:
                return total_of(last.role, segment.kinds)
            is_of_details = last.kind == "outcome_row" or "among" in segment.kinds
            listed = [one for one in self.statements if one.sentence == self._sentence and one.role == "outcome"]
            return None if is_of_details else rest_of(last.role, left_by(listed))
        return self._pending

    def _read_number(self, segment: Segment, number: Token, domain: Domain) -> None:
        before = self._concept(segment.before, domain)
        after = self._concept(segment.after, domain)
        if before and before.is_bare and not is_beside(segment.before, number):
            before = None
        if before and before.kind == "carried":
            before = self._concept(segment.tokens, domain)
        all_words = [token for token in segment.tokens if token.kind == "all"] if domain == "application" else []
        if after and after.is_bare and self._counts_all(segment):
            after = replace(after, is_bare=False)
        opens = not before and number.start - segment.start <= _OPENING
        chosen = before
        if after and not after.is_bare and (before is None or (before.is_bare and not all_words)):
            chosen = after
        if all_words and (before is None or all_words[0].start < number.start):
            chosen = None
        chosen = chosen or self._wordless(segment)
        self._pending = None
        if chosen is not None:
            self._state(chosen, segment, number)
        elif domain in ("", "application"):
            self._remember(segment, number, usable=opens or bool(all_words))
            self._keep_unnamed(segment, number)
        if all_words and (before or opens):
            self._state_all([token for token in segment.tokens if token.start > all_words[0].start], segment)
        self._was_all = bool(all_words)

    def _counts_all(self, segment: Segment) -> bool:
        """`there were n applications` and `of the n applications`: a total although no verb says so."""
        return any(token.kind == "together" for token in segment.before) or self._text[segment.end - 1] == _OF_THESE

    def _state(self, concept: Concept, segment: Segment, number: Token) -> None:
        """Append a statement about a printed number and remember it where it may stand for all."""
        is_carry = concept.kind.startswith("carried")
        is_of_last_year = "last_year" in segment.kinds and "carry" not in segment.kinds
        if not is_carry and (is_of_last_year or self._counts_elsewhere()):
            return
        is_total = claim_rules().kinds[concept.kind].role == "total"
        if is_total and "handed_on" in segment.kinds:
            self._antecedent = None
            return
        self._append(concept, number.value, self._place(number.start, number.end), (segment.start, segment.end))
        if is_total and (CITIZENS in segment.kinds or is_made_to_others(self._text[segment.start : segment.end])):
            self.statements[-1].may_be_part = True
        elif concept.kind in _DONE and says_when(self._text[segment.start : segment.end]):
            self.statements[-1].may_be_part = True
            if self._antecedent and self._antecedent.value != number.value:
                self._antecedent = None
        elif is_total:
            self._remember(segment, number, usable=True)
        elif concept.kind == "carried_out" and number.value:
            self._antecedent = None

    def _counts_elsewhere(self) -> bool:
        """Whether what is counted is of another year than the report's, or of a part of the year or the body."""
        return self._is_part or (self.year is not None and self._stated_year not in (None, self.year))

    def _keep_unnamed(self, segment: Segment, number: Token) -> None:
        """A part of a list of applications whose words no kind explains: kept apart, never dropped."""
        last = self.statements[-1] if self.statements else None
        if last is not None and last.sentence == self._sentence and last.role in ("total", "outcome", "channel"):
            place, quote = self._place(number.start, number.end), self._place(segment.start, segment.end)
            self.unnamed.append(Statement("", number.value, (), *place, quote, self._paragraph, self._sentence))

    def _remember(self, segment: Segment, number: Token, *, usable: bool) -> None:
        start, end = self._place(number.start, number.end)
        quote_start = self._positions[segment.start]
        self._antecedent = Antecedent(number.value, start, end, quote_start) if usable else None

    def _append(self, concept: Concept, value: int, place: tuple[int, int], quote: tuple[int, int]) -> None:
        self._case = concept.case or self._case
        self._item = concept.item or self._item
        where = (*place, self._place(*quote), self._paragraph, self._sentence, concept.case)
        self.statements.append(Statement(concept.kind, value, concept.members, *where, rest=concept.rest))

    def _place(self, start: int, end: int) -> tuple[int, int]:
        return self._positions[start], self._positions[end - 1] + 1

    def _read_none(self, segment: Segment, domain: Domain) -> None:
        """`no reviews, no lawsuits`: zero for each of the things named."""
        word = next(token for token in segment.before if token.kind == "none")
        if self._counts_elsewhere():
            return
        is_of_results = any(kind == "lost" or kind.startswith("result.") for kind in segment.kinds)
        for item in split_items(self._text, segment.start, segment.end, segment.before):
            concept = self._concept(item.before, domain)
            if concept is None or "decide" in segment.kinds or (is_of_results and concept.kind != "case_result"):
                continue
            named = [Concept("review"), Concept("lawsuits")] if concept.kind == "cases" else [concept]
            for one in named:
                if one.kind in _NONE_KINDS or claim_rules().kinds[one.kind].role in _NONE_ROLES:
                    self._append(one, 0, self._place(word.start, word.end), (segment.start, segment.end))

    def _read_words(self, segment: Segment, kinds: set[str], domain: Domain) -> None:
        """A segment without a number: `all were answered`, `and were made public`, `upheld`."""
        if domain == "cases":
            self._read_result(segment, kinds)
            self._pending = case_concept(segment.before, "")
            return
        is_all = "all" in kinds or self._was_all
        follows = "already" in kinds and "decide" in kinds
        if domain == "application" and (is_all or follows) and _EXCEPTION not in self._text:
            start = next((token.start for token in segment.before if token.kind == "all"), segment.start - 1)
            self._state_all([token for token in segment.before if token.start > start], segment)
        self._was_all = is_all
        concept = self._concept(segment.before, domain)
        is_total = concept is not None and claim_rules().kinds[concept.kind].role in ("total", "cases")
        self._pending = concept if is_total and not (is_all or follows) else None

    def _read_result(self, segment: Segment, kinds: set[str]) -> None:
        """`one review, upheld`: the result of the cases just counted, if it can only be that of all of them."""
        last = self.statements[-1] if self.statements else None
        concept = case_concept(segment.before, self._case)
        if last is None or concept is None or concept.kind != "case_result" or last.sentence != self._sentence:
            return
        if last.role == "cases" and last.case == concept.case and (last.value == 1 or "all" in kinds):
            end = self._positions[segment.end - 1] + 1
            self._append(concept, last.value, (last.start, last.end), (segment.start, segment.end))
            self.statements[-1].quote = (last.quote[0], end)
            self.statements[-1].inherited = True

    def _state_all(self, tokens: list[Token], segment: Segment) -> None:
        """What is said of all the applications counted before: one statement for each thing said."""
        antecedent = self._antecedent
        if antecedent is None or self._counts_elsewhere():
            return
        kinds = {token.kind for token in tokens}
        concept = application_concept([token for token in tokens if token.kind != "decide"], self.year)
        said: list[Concept] = []
        if kinds & {"decide", "handle"} and not (concept and concept.kind.startswith("carried")):
            said.append(Concept("all_decided"))
        if kinds & {"granted", "public"} and "partially_granted" not in kinds:
            said.append(Concept("all_granted"))
        elif concept and not concept.is_bare and claim_rules().kinds[concept.kind].role != "total":
            said.append(concept)
        for one in said:
            self._append(one, antecedent.value, (antecedent.start, antecedent.end), (segment.start, segment.end))
            self.statements[-1].quote = (antecedent.quote_start, self._positions[segment.end - 1] + 1)
            self.statements[-1].inherited = True


def read_statements(sentences: Iterable[Sentence], year: int | None) -> list[Statement]:
    """All figures of the prose that a kind of claim explains, in reading order."""
    reader = StatementReader(year)
    for sentence in sentences:
        reader.read(sentence)
    return reader.statements
