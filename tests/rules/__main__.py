"""Writes `samples/rules.yml`, the rules that fail on the samples, from a run of its own: `python -m tests.rules`."""

import sys
import tempfile
from pathlib import Path

import yaml

from contracts.declared import ROOT
from contracts.rendering.files import FIRED_FILE, write_files
from tests.rules.fired import fired_rules
from tests.whole_way import run_gongkai

HEADER = "# Written by `make rules` from a run on samples/documents: do not edit.\n"


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
