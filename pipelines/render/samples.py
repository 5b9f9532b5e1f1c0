"""Write the sample documents from their sources: `python -m pipelines.render.samples [--check]`.

`samples/reports/*.yml` → `samples/documents/*`, and with `--extract` also → `samples/json/*` by the extractor.
"""

import argparse
import sys
from pathlib import Path

from rich.console import Console

from pipelines.render.sample_source import read_sources

SAMPLES = Path(__file__).parents[2] / "samples"


def build_documents(samples: Path = SAMPLES) -> dict[Path, bytes]:
    """All sample documents by the path they belong at.

    Raises:
        FileNotFoundError: the folder `reports` has no source.
        ValueError: a source contradicts the form.
    """
    return {
        samples / "documents" / name: source.document() for name, source in read_sources(samples / "reports").items()
    }


def list_differences(expected: dict[Path, bytes], folder: Path) -> list[str]:
    """What in `folder` is missing, outdated or in excess, one line each; empty if all is current."""
    present = {path for path in folder.glob("*") if path.is_file()}
    lines = [f"{path.name} is in excess" for path in sorted(present - set(expected))]
    for path, content in expected.items():
        if path not in present:
            lines.append(f"{path.name} is missing")
        elif path.read_bytes() != content:
            lines.append(f"{path.name} is outdated")
    return lines


def write_files(files: dict[Path, bytes], folder: Path) -> None:
    """Make `folder` hold exactly `files`."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*"):
        if path.is_file() and path not in files:
            path.unlink()
    for path, content in files.items():
        path.write_bytes(content)


def main(arguments: list[str] | None = None) -> int:
    """Write or check the sample documents; exit code 1 if the check finds a difference."""
    parser = argparse.ArgumentParser(prog="python -m pipelines.render.samples", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, fail if a file is not current")
    options = parser.parse_args(arguments)
    console = Console()
    documents = build_documents()
    if options.check:
        differences = list_differences(documents, SAMPLES / "documents")
        for line in differences:
            console.print(f"{line}; run python -m pipelines.render.samples")
        return 1 if differences else 0
    write_files(documents, SAMPLES / "documents")
    console.print(f"{len(documents)} documents written to {SAMPLES / 'documents'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
