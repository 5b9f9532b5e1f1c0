"""The rules that fail in a warehouse, as `samples/rules.yml` and the catalogue list them."""

import json
from pathlib import Path

import yaml

from contracts.declared import ROOT
from contracts.rendering.files import FIRED_FILE
from tests.whole_way import run_gongkai

Fired = dict[str, list[str]]


def fired_rules(warehouse: Path) -> Fired:
    """For each rule that fails in a warehouse the names of the documents, or the body whose report is missing."""
    fired: dict[str, set[str]] = {}
    for line in run_gongkai("rules", "--failing", "--json", "--warehouse", warehouse).splitlines():
        failure = json.loads(line)
        document = failure["document"]
        name = Path(document).stem if document else f"{failure['authority']} {failure['year']}"
        fired.setdefault(failure["rule"], set()).add(name)
    return {rule: sorted(names) for rule, names in sorted(fired.items())}


def listed_rules() -> Fired:
    """The same for the samples, as the catalogue lists it."""
    listed: Fired = yaml.safe_load((ROOT / FIRED_FILE).read_text(encoding="utf-8"))
    return listed
