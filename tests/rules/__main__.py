"""Writes `samples/rules.yml`, the rules that fail on the samples, from a run of its own: `python -m tests.rules`."""

import json
import sys
import tempfile
from pathlib import Path

import yaml

from contracts.render import FIRED_FILE, ROOT, write_files
from tests.whole_way import run_gongkai

HEADER = "# Written by `make rules` from a run on samples/documents: do not edit.\n"


def fired_rules(warehouse: Path) -> dict[str, list[str]]:
    """For each rule that fails in a warehouse the names of the documents, or the body whose report is missing."""
    fired: dict[str, set[str]] = {}
    for line in run_gongkai("rules", "--failing", "--json", "--warehouse", warehouse).splitlines():
        failure = json.loads(line)
        document = failure["document"]
        name = Path(document).stem if document else f"{failure['authority']} {failure['year']}"
        fired.setdefault(failure["rule"], set()).add(name)
    return {rule: sorted(names) for rule, names in sorted(fired.items())}


def main() -> int:
    """Run, list, render."""
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Path(folder) / "warehouse"
        run_gongkai("run", "--input", ROOT / "samples" / "documents", "--warehouse", warehouse)
        fired = fired_rules(warehouse)
    (ROOT / FIRED_FILE).write_text(HEADER + yaml.safe_dump(fired, allow_unicode=True), encoding="utf-8")
    write_files()
    return 0


if __name__ == "__main__":
    sys.exit(main())
