"""Tokens of a sentence: words of the closed lexicon, numbers with their counters, years and joints."""

import re
from functools import cache

from msgspec import Struct

from contracts.claims import claim_rules
from contracts.form import form
from pipelines.extract.claims.patterns import one_of

COUNT = "count"
YEAR = "year"
PLAIN = "plain_number"  # no counter, but one may follow later in a list
OTHER_NUMBER = "other_number"
_NUMERALS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_MOST_DIGITS = 15  # of a number that counts something
_LARGE = "百千万亿"  # of a numeral over 99, which is not read
_NOT_BEFORE_NUMERAL = f"每第某同这那任哪逐单无{_LARGE}零〇"
CITIZENS = "citizens"
_REMARK = re.compile(r"（.*?）|\(.*?\)")


class Token(Struct):
    """One word or number: its class, its place in the sentence, and a number's value."""

    kind: str
    start: int
    end: int
    value: int = 0


def _labels_of_form() -> dict[str, str]:
    """Labels of the outcome rows, the applicant types and the legacy replies, by label, with their class."""
    labels: dict[str, str] = {}
    for version in form().versions.values():
        table = version.tables["applications"]
        for row in table.rows.values():
            if row.is_outcome and row.group != "results":
                for label in (row.zh, *row.aliases):
                    labels.setdefault(_REMARK.sub("", label), f"row.{row.id}")
        for group in table.groups.values():
            if group.id in claim_rules().kinds:
                labels.setdefault(group.zh, group.id)
    for indicator in form().indicators.values():
        if indicator.is_reply:
            for label in (indicator.zh, *indicator.aliases):
                labels.setdefault(label, f"reply.{indicator.id}")
    return labels


@cache
def word_classes() -> dict[str, str]:
    """Every word of the lexicon with its class; the words declared for claims go before labels of the form."""
    declared = {word: name for name, words in claim_rules().words.items() for word in words}
    kinds = {f"reply.{kind.legacy}": name for name, kind in claim_rules().kinds.items() if kind.role == "outcome"}
    labels = {label: kinds.get(name, name) for label, name in _labels_of_form().items() if len(label) > 2}
    return {**labels, **declared}


def _alternatives(words: list[str]) -> str:
    """A pattern that matches the longest of `words`, sharing common beginnings so that it is fast."""
    if words == [""]:
        return ""
    branches: dict[str, list[str]] = {}
    for word in words:
        if word:
            branches.setdefault(word[0], []).append(word[1:])
    parts = [re.escape(first) + _alternatives(rest) for first, rest in branches.items()]
    pattern = parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"
    return f"(?:{pattern})?" if "" in words else pattern


@cache
def _scanner() -> re.Pattern[str]:
    rules = claim_rules()

    first = re.escape("".join(sorted({word[0] for word in word_classes()})))
    numeral = f"(?:[{''.join(_NUMERALS)}]?十[{''.join(_NUMERALS)}]?|[{''.join(_NUMERALS)}])"
    return re.compile(
        rf"(?P<word>(?=[{first}]){_alternatives(sorted(word_classes()))})"
        rf"|(?P<before>{one_of(rules.approximate_before)})?(?P<number>\d+(?:\.\d+)?)"
        rf"(?:(?P<after>{one_of(rules.approximate_after)})|(?P<unit>{one_of(rules.units)})"
        rf"|(?P<counter>{one_of(rules.counters)})(?P<tail>{one_of(rules.approximate_tail)})?)?"
        rf"|(?P<numeral>{numeral})(?:{one_of(rules.numeral_counters)})(?!套)"
    )


@cache
def _bare_context() -> re.Pattern[str]:
    before = "|".join(map(re.escape, claim_rules().bare_before))
    return re.compile(rf"(?:{before})$")


def _numeral_value(text: str) -> int:
    """The value of a Chinese numeral up to 99."""
    if "十" not in text:
        return _NUMERALS[text]
    tens, _, ones = text.partition("十")
    return _NUMERALS.get(tens, 1) * 10 + _NUMERALS.get(ones, 0)


def _number_token(match: re.Match[str], text: str) -> Token:
    start, end = match.start("number"), match.end()
    digits = match["number"]
    if match["unit"] and match["unit"].startswith("年") and len(digits) == 4:
        return Token(YEAR, start, end, int(digits))
    is_no_count = match["before"] or match["after"] or match["tail"] or match["unit"] or "." in digits
    if is_no_count or len(digits) > _MOST_DIGITS:
        return Token(OTHER_NUMBER, start, end)
    if match["counter"]:
        return Token(COUNT, start, end, int(digits))
    enders = ",;:()占" if text[start - 1 : start] == ":" else ",;:()、及和与占"
    ends_clause = end == len(text) or text[end] in enders
    if ends_clause and _bare_context().search(text, max(0, start - 3), start):
        return Token(COUNT, start, end, int(digits))
    return Token(PLAIN, start, end, int(digits))


def read_tokens(text: str) -> list[Token]:
    """The tokens of a folded sentence without blanks, in order; words of no class are passed over."""
    classes = word_classes()
    tokens: list[Token] = []
    for match in _scanner().finditer(text):
        if match["word"] and classes[match["word"]] == "none" and text[: match.start()].endswith(tuple(_LARGE)):
            continue  # the zero within a numeral
        if match["word"]:
            tokens.append(Token(classes[match["word"]], match.start(), match.end()))
        elif match["numeral"]:
            if match.start() == 0 or text[match.start() - 1] not in _NOT_BEFORE_NUMERAL:
                tokens.append(Token(COUNT, match.start(), match.end(), _numeral_value(match["numeral"])))
        else:
            tokens.append(_number_token(match, text))
    return tokens


def with_citizens(tokens: list[Token]) -> list[Token]:
    """The tokens, in which citizens are natural persons if the sentence counts other applicants, too."""
    if any(token.kind.startswith("applicant.") for token in tokens):
        for token in tokens:
            if token.kind == CITIZENS:
                token.kind = "applicant.natural_person"
    return tokens
