"""`gongkai extract`: documents to raw extracted JSON, without any warehouse."""

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from flows.commands.failures import failures_explained
from flows.commands.options import existing_paths
from flows.commands.terminal import messages
from flows.progress import show_progress, step_progress
from pipelines.capture import Document, capture
from pipelines.extract.batch import extract_documents
from pipelines.warehouse import Warehouse

EXAMPLES = """Examples:

gongkai extract report.html

gongkai extract reports/ > extracted.jsonl

gongkai extract reports/ --out extracted/"""

Paths = Annotated[list[Path], typer.Argument(metavar="PATH...", help="Documents, or folders of them.")]
OutFolder = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="DIR", help="Write one file per document here, instead of one line each.", file_okay=False
    ),
]


def extract(paths: Paths, out: OutFolder = None) -> None:
    """Read documents and print their raw extracted JSON, one document per line.

    A document that cannot be read gives its line too, with the reason. Equal documents come once.
    """
    existing_paths(paths, "a document or a folder of documents")
    with tempfile.TemporaryDirectory(prefix="gongkai-") as name:
        scratch = Warehouse(Path(name))
        with failures_explained(Warehouse(Path(tempfile.gettempdir()) / "gongkai")):
            items = list(capture(paths, scratch.archive))
            documents = [item for item in items if isinstance(item, Document)]
            with show_progress(messages), step_progress("Extract", total=len(documents)) as advance:
                extraction = extract_documents(documents, scratch.extracted / "extracted.jsonl", advance)
            if out is None:
                _print_lines(extraction.shard)
            else:
                _write_files(extraction.shard, documents, out)
        skipped = len(items) - len(documents)
        also = f", {skipped} files of raw extracted JSON left as they are" if skipped else ""
        messages.print(f"{extraction.read} documents read, {extraction.rejected} rejected{also}")


def _print_lines(shard: Path) -> None:
    with shard.open(encoding="utf-8") as file:
        for line in file:
            sys.stdout.write(line)


def _write_files(shard: Path, documents: list[Document], out: Path) -> None:
    """One file per document, by its path within the input; a second document of the same path is told by its hash."""
    distinct = list({document.sha256: document for document in documents}.values())
    taken: set[str] = set()
    with shard.open("rb") as file:
        for document, line in zip(distinct, file, strict=True):
            uri = document.source_uri
            name = uri if uri not in taken else f"{uri}.{document.sha256[:12]}"
            taken.add(uri)
            target = out / f"{name}.json"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(line)
