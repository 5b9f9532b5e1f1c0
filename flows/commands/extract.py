"""`gongkai extract`: documents to raw extracted JSON, without any warehouse."""

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from msgspec import Struct

from contracts.raw_json import ExtractorInfo, Rejection
from flows.commands.failures import SCRATCH, failures_explained
from flows.commands.options import existing_paths
from flows.commands.terminal import messages, output
from flows.declarations import load_declarations
from flows.progress import show_progress, step_progress
from pipelines.capture import Document, capture
from pipelines.extract.batch import Extracted, extract_documents
from pipelines.extract.store import ExtractionStore, write_whole
from pipelines.extract.version import EXTRACTOR_NAME, EXTRACTOR_VERSION
from pipelines.limits import LIMIT_REASONS, Limits, read_limits
from pipelines.warehouse import Warehouse

EXAMPLES = """Examples:

gongkai extract report.html

gongkai extract reports/ more.zip > extracted.jsonl

gongkai extract reports/ --out extracted/"""

_LONGEST_NAME = 200

Paths = Annotated[
    list[Path], typer.Argument(metavar="PATH...", help="Documents, ZIP archives of them, or folders of both.")
]
OutFolder = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="DIR",
        help="Write one file per document here, each as soon as it is read; what is here already is not read again.",
        file_okay=False,
    ),
]
Again = Annotated[bool, typer.Option("--again", help="With --out: read all documents, also those that are done.")]


class _Done(Struct):
    """What a file in the output folder says of itself."""

    class _Document(Struct):
        sha256: str

    document: _Document
    extractor: ExtractorInfo
    rejection: Rejection | None = None


class _OutFolder:
    """One file per document, by its path within the input; a second document of the same path is told by its hash."""

    def __init__(self, folder: Path, documents: Sequence[Document], *, again: bool) -> None:
        self._again = again
        self._paths: dict[str, Path] = {}
        taken: set[str] = set()
        for document in documents:
            if document.sha256 not in self._paths:
                uri = document.source_uri
                if any(len(part.encode()) > _LONGEST_NAME for part in uri.split("/")):
                    uri = document.sha256  # a name in an archive may be longer than a folder takes
                name = uri if uri not in taken else f"{uri}.{document.sha256[:12]}"
                taken.add(uri)
                self._paths[document.sha256] = folder / f"{name}.json"

    def holds(self, document: Document) -> bool:
        """Whether the file is there, of these bytes and this version; a rejection for a limit is tried again."""
        if self._again:
            return False
        try:
            done = msgspec.json.decode(self._paths[document.sha256].read_bytes(), type=_Done)
        except (OSError, ValueError):
            return False
        is_limit = done.rejection is not None and done.rejection.reason in LIMIT_REASONS
        is_own = (done.extractor.name, done.extractor.version) == (EXTRACTOR_NAME, EXTRACTOR_VERSION)
        return done.document.sha256 == document.sha256 and is_own and not is_limit

    def put(self, document: Document, line: bytes) -> None:
        write_whole(self._paths[document.sha256], line)


def extract(paths: Paths, out: OutFolder = None, again: Again = False) -> None:
    """Read documents and print their raw extracted JSON, one document per line.

    A document that cannot be read gives its line too, with the reason. Equal documents come once.
    """
    existing_paths(paths, "a document, a ZIP archive or a folder of documents")
    with tempfile.TemporaryDirectory(prefix="gongkai-") as name:
        scratch = Warehouse(Path(name))
        with failures_explained(SCRATCH):
            load_declarations()
            limits = read_limits()
            items = list(capture(paths, scratch.archive, limits))
            documents = list({item.sha256: item for item in items if isinstance(item, Document)}.values())
            shards = sum(not isinstance(item, Document) for item in items)
            with show_progress(messages), step_progress("Extract", total=len(documents)) as advance:
                fates: Counter[str] = Counter()
                for extracted in _extract(documents, scratch, out, limits, again=again):
                    fates[extracted.fate] += 1
                    advance(1)
        kept = f", {fates['kept']} done before" if fates["kept"] else ""
        also = f", {shards} files of raw extracted JSON left as they are" if shards else ""
        messages.print(f"{fates['read']} documents read, {fates['rejected']} rejected{kept}{also}")


def _extract(
    documents: Sequence[Document], scratch: Warehouse, out: Path | None, limits: Limits, *, again: bool
) -> Iterator[Extracted]:
    """Extract into the folder; or onto standard output, in the order of the documents, each as soon as it can be."""
    if out is not None:
        yield from extract_documents(documents, _OutFolder(out, documents, again=again), limits)
        return
    store = ExtractionStore(scratch.extracted, limits)
    printed = 0
    for extracted in extract_documents(documents, store, limits):
        while printed < len(documents) and store.holds(documents[printed]):
            output.write_line(store.path_of(documents[printed]).read_text(encoding="utf-8").removesuffix("\n"))
            printed += 1
        if output.quiet:
            raise typer.Exit  # whom the lines are for has seen enough: the others need not be read
        yield extracted
