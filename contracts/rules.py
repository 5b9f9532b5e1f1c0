"""The catalogue of rules: what a figure, a report, a body's years, a hierarchy and the whole data set must satisfy.

Each file `contracts/rules/<group>.yml` declares the rules of one model `rules_<group>` of the warehouse by id. A rule
gives each subject `pass`, `fail`, `not_assessed` (a term is missing) or `not_applicable`. What cannot be a rule of the
warehouse, and why, stands in `contracts/rules/elsewhere.yml`; what rules say of what they found, in `words.yml`.
"""

import re
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from contracts.claims import claim_rules
from contracts.declared import DeclarationError, convert_declared, declared_in, read_declared, read_mapping
from contracts.form import form

RULES_FOLDER = Path(__file__).parent / "rules"
ELSEWHERE_FILE = "elsewhere.yml"
WORDS_FILE = "words.yml"
Scope = Literal["report", "body", "hierarchy", "dataset"]
Severity = Literal["error", "warning", "info"]
SCOPES: tuple[Scope, ...] = ("report", "body", "hierarchy", "dataset")
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
RULE_STATUSES = ("pass", "fail", "not_assessed", "not_applicable")
_PLACE = re.compile(r"\{(\w+)\}")
Parameter = int | float | str | tuple[str, ...]


class RuleError(DeclarationError):
    """A file of the catalogue contradicts itself or the form; the message names the file and the rule."""


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One rule.

    `formula` and the descriptions may name a parameter in braces. `identities` is the family of identities whose
    status the rule reports, `claim_kinds` the kinds of claims. `is_finding`: its failures stand among the findings
    already, and are not listed a second time.
    """

    id: str
    group: str
    scope: Scope
    severity: Severity
    zh: str
    en: str
    description_zh: str
    description_en: str
    formula: str
    needs: tuple[str, ...]
    table: str = ""
    parameters: dict[str, Parameter] = {}
    identities: str = ""
    claim_kinds: tuple[str, ...] = ()
    is_finding: bool = False

    def filled(self, text: str) -> str:
        """`text` with the parameters named in braces replaced by their values.

        Raises:
            KeyError: the text names a parameter that the rule does not declare.
        """
        shown = {name: ", ".join(v) if isinstance(v, tuple) else v for name, v in self.parameters.items()}
        return text.format_map(shown)


class Elsewhere(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A check that is no rule of the warehouse: where it is made, or why it cannot be."""

    check: str
    why: str
    made_by: str = ""


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What rules say of what they found, in both languages, each with the same places `{name}`."""

    zh: str
    en: str

    @property
    def places(self) -> tuple[str, ...]:
        """The names of its places, in order of the English."""
        return tuple(_PLACE.findall(self.en))


def _problems(rule: Rule) -> list[str]:
    """What a rule names that the form or the claims do not have; empty if nothing."""
    problems = []
    families = {identity.rule for version in form().versions.values() for identity in version.identities.values()}
    if rule.table and rule.table not in form().tables:
        problems.append(f"unknown table {rule.table}")
    if rule.identities and rule.identities not in families:
        problems.append(f"unknown identities {rule.identities}")
    problems += [f"unknown kind of claim {kind}" for kind in rule.claim_kinds if kind not in claim_rules().kinds]
    cells = rule.parameters.get("cells", ())
    if isinstance(cells, tuple):
        problems += [f"unknown cell {cell}" for cell in cells if cell not in form().cells]
    for text in (rule.formula, rule.description_zh, rule.description_en, *rule.needs):
        try:
            rule.filled(text)
        except KeyError as error:
            problems.append(f"undeclared parameter {error.args[0]}")
    return problems


def read_rules(folder: Path = RULES_FOLDER) -> dict[str, Rule]:
    """All declared rules by id, group after group.

    Raises:
        RuleError: an id is declared twice, or a rule names what does not exist.
        DeclarationError: a file cannot be read, has an unknown key or a value of the wrong type.
    """
    found: dict[str, Rule] = {}
    for path in sorted(folder.glob("*.yml")):
        if path.name in (ELSEWHERE_FILE, WORDS_FILE):
            continue
        with declared_in(path):
            for name, content in read_mapping(path).items():
                rule = convert_declared({"id": name, "group": path.stem, **content}, Rule, (name,))
                problems = [*_problems(rule), *(["the id is declared twice"] if name in found else [])]
                if problems:
                    raise RuleError(f"{name}: {'; '.join(problems)}; correct the declaration")
                found[name] = rule
    return found


@cache
def rules() -> dict[str, Rule]:
    """The project's rules, read once."""
    return read_rules()


@cache
def elsewhere() -> tuple[Elsewhere, ...]:
    """The checks that are no rules of the warehouse, in declared order.

    Raises:
        DeclarationError: the file cannot be read, has an unknown key or a value of the wrong type.
    """
    path = RULES_FOLDER / ELSEWHERE_FILE
    with declared_in(path):
        return convert_declared(read_declared(path), tuple[Elsewhere, ...])


def read_words(path: Path = RULES_FOLDER / WORDS_FILE) -> dict[str, Words]:
    """What rules say of what they found, by id.

    Raises:
        RuleError: a text has other places in Chinese than in English.
        DeclarationError: the file cannot be read, has an unknown key or a value of the wrong type.
    """
    with declared_in(path):
        found = convert_declared(read_declared(path), dict[str, Words])
        for name, each in found.items():
            if sorted(_PLACE.findall(each.zh)) != sorted(each.places):
                raise RuleError(f"{name}: its Chinese has other places than its English; give both the same")
        return found


@cache
def words() -> dict[str, Words]:
    """The project's words of rules, read once."""
    return read_words()
