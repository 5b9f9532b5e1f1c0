"""Write the samples from their sources: `python -m pipelines.render.samples [--update] [--check]`.

`samples/reports/*.yml` → `samples/documents/*` by the renderer; with `--update` also `samples/documents/*` →
`samples/json/*` by the extractor. What changes there is to be read before it is committed.
"""

import argparse
import sys
from pathlib import Path

import msgspec
from rich.console import Console

from pipelines.extract.document import extract_document
from pipelines.render.sample_source import read_sources

SAMPLES = Path(__file__).parents[2] / "samples"
CAPTURED_AT = "2025-04-01T00:00:00Z"  # fixed, so that the same documents give the same JSON
SOURCE_FOLDER = "samples/documents"


def build_documents(samples: Path = SAMPLES) -> dict[Path, bytes]:
    """All sample documents by the path they belong at.

    Raises:
        FileNotFoundError: the folder `reports` has no source.
        ValueError: a source contradicts the form.
    """
    sources = read_sources(samples / "reports")
    return {samples / "documents" / name: source.document() for name, source in sources.items()}


def build_extracted(samples: Path = SAMPLES) -> dict[Path, bytes]:
    """The raw extracted JSON of all sample documents by the path it belongs at, as the extractor reads them now.

    Raises:
        FileNotFoundError: the folder `documents` is empty.
    """
    paths = sorted(path for path in (samples / "documents").glob("*") if path.is_file())
    if not paths:
        raise FileNotFoundError(f"no documents in {samples / 'documents'}")
    extracted: dict[Path, bytes] = {}
    for path in paths:
        document = extract_document(path.read_bytes(), f"{SOURCE_FOLDER}/{path.name}", CAPTURED_AT)
        content = msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"
        extracted[samples / "json" / f"{path.stem}.json"] = content
    return extracted


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


def main(arguments: list[str] | None = None, samples: Path = SAMPLES) -> int:
    """Write or check the samples; exit code 1 if the check finds a difference."""
    parser = argparse.ArgumentParser(prog="python -m pipelines.render.samples", description=__doc__)
    parser.add_argument("--update", action="store_true", help="also extract the documents to samples/json again")
    parser.add_argument("--check", action="store_true", help="change nothing, fail if a file is not current")
    options = parser.parse_args(arguments)
    console = Console()
    documents = build_documents(samples)
    if options.check:
        differences = list_differences(documents, samples / "documents")
        differences += list_differences(build_extracted(samples), samples / "json")
        for line in differences:
            console.print(f"{line}; run python -m pipelines.render.samples --update and read the difference")
        return 1 if differences else 0
    write_files(documents, samples / "documents")
    console.print(f"{len(documents)} documents written to {samples / 'documents'}")
    if options.update:
        extracted = build_extracted(samples)
        write_files(extracted, samples / "json")
        console.print(f"{len(extracted)} extractions written to {samples / 'json'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
