"""The explanations of all held tables, kept in `quality.explanations` and made once for the same figures."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import duckdb
import msgspec
import polars as pl
from msgspec import Struct

from contracts.raw_json import Rejection
from pipelines.archive import ManifestLine, archived_path
from pipelines.extract.messages import Answer, Task
from pipelines.extract.places import TracedDocument
from pipelines.extract.pool import DocumentPool
from pipelines.extract.readers.tools import list_tools
from pipelines.limits import Limits
from pipelines.proof.held import TOUCHED, HeldTable, find_held
from pipelines.proof.localise import Localisation, localise
from pipelines.proof.printed import read_again
from pipelines.proof.problem import Problem
from pipelines.proof.verdict import Proof, disputed_cells, judge
from pipelines.worker_pool import worker_pool

_TRACE = "pipelines.extract.places:trace_task"
_FEW = 500  # so many tables are explained faster here than in other processes
_CHUNK = 50
_COLUMNS = ("report_key", "table_id", "fingerprint", "verdict", "explanations", "span")


class Explained(Struct, frozen=True):
    """How many held tables there are where the run looked, and how many of them were explained now."""

    held: int
    explained: int


def fingerprint_of(held: HeldTable, code: str, reading: Sequence[object]) -> str:
    """What an explanation depends on: the figures, the evidence, the code, and how the document is read again."""
    content = msgspec.json.encode((code, reading, held.problem), order="deterministic")
    return hashlib.sha256(content).hexdigest()[:32]


def _reading_of(archive: Path, line: ManifestLine | None, limits: Limits, tools: list[str]) -> tuple[object, ...]:
    """What reading a document again depends on; empty if it is not at hand, or larger than may be read."""
    if line is None:
        return ()
    path = archived_path(archive, line.sha256)
    if not path.exists() or path.stat().st_size > limits.document_bytes:
        return ()
    return line.source_uri, limits.seconds_for(line.media_type), limits.document_memory, tools


def explain_held(
    connection: duckdb.DuckDBPyConnection,
    archive: Path,
    lines: dict[str, ManifestLine],
    limits: Limits,
    code: str,
    advance: Callable[[int], None],
    *,
    only_touched: bool = False,
) -> Explained:
    """Explain the held tables that are not explained for their present figures; forget those no longer held.

    Args:
        connection: the warehouse, open for writing, with the staging models built.
        archive: the folder of archived documents.
        lines: their manifest, by sha256.
        limits: what a document that is read again may cost, and how many processes work.
        code: the hash of the code, a change of which makes all explanations anew.
        advance: told how many tables are done.
        only_touched: look only at the bodies that the run touched.
    """
    held = find_held(connection, only_touched=only_touched)
    documents = {each.document_sha256 for each in held}
    tools = list_tools()
    readings = {sha256: _reading_of(archive, lines.get(sha256), limits, tools) for sha256 in documents}
    prints = {_key(each): fingerprint_of(each, code, readings[each.document_sha256]) for each in held}
    scope = f" where {TOUCHED}" if only_touched else ""
    query = f"select report_key, table_id, fingerprint from quality.explanations{scope}"  # noqa: S608 - own names
    known = set(connection.execute(query).fetchall())
    stale = [row for row in known if prints.get((row[0], row[1])) != row[2]]
    new = [each for each in held if (*_key(each), prints[_key(each)]) not in known]
    at_hand = {sha256: lines[sha256] for sha256, reading in readings.items() if reading}
    proofs = list(_explain(new, archive, at_hand, limits, advance))
    rows: list[tuple[int | str | None, ...]] = [
        (*_key(each), prints[_key(each)], proof.verdict, *_as_json(proof)) for each, proof in proofs
    ]
    _replace(connection, [row[:2] for row in stale], rows)
    return Explained(len(held), len(new))


def _replace(
    connection: duckdb.DuckDBPyConnection,
    stale: list[tuple[int, str]],
    rows: list[tuple[int | str | None, ...]],
) -> None:
    """Take explanations out and put others in, both or neither; as frames, for DuckDB's parameters are slow."""
    types = {name: pl.Int64 if name == "report_key" else pl.String for name in _COLUMNS}
    connection.register("stale_explanations", pl.DataFrame(stale, schema=list(types.items())[:2], orient="row"))
    connection.register("new_explanations", pl.DataFrame(rows, schema=types, orient="row"))
    names = ", ".join(_COLUMNS)
    connection.begin()
    try:
        connection.execute("delete from quality.explanations where (report_key, table_id) in (from stale_explanations)")
        connection.execute(
            f"insert into quality.explanations ({names}) select {names} from new_explanations"  # noqa: S608 own names
        )
    except BaseException:
        connection.rollback()
        raise
    connection.commit()
    connection.unregister("stale_explanations")
    connection.unregister("new_explanations")


def _key(held: HeldTable) -> tuple[int, str]:
    return held.report_key, held.problem.table


def _as_json(proof: Proof) -> tuple[str, str | None]:
    explanations = msgspec.json.encode(proof.explanations).decode()
    return explanations, msgspec.json.encode(proof.span).decode() if proof.span else None


def _explain(
    held: list[HeldTable], archive: Path, lines: dict[str, ManifestLine], limits: Limits, advance: Callable[[int], None]
) -> Iterator[tuple[HeldTable, Proof]]:
    found = dict(zip(map(_key, held), localise_all([each.problem for each in held], limits), strict=True))
    by_document: dict[str, list[HeldTable]] = {}
    for each in held:
        by_document.setdefault(each.document_sha256, []).append(each)
    for sha256, document in _trace(by_document, archive, lines, limits):
        for each in by_document[sha256]:
            localisation = found[_key(each)]
            again = None
            if document is not None:
                cells = disputed_cells(each.problem, localisation)
                again = read_again(document, each.ordinal, cells, Path(lines[sha256].source_uri).name)
            yield each, judge(each.problem, localisation, again)
            advance(1)


def localise_all(problems: list[Problem], limits: Limits) -> Iterable[Localisation]:
    """The localisation of each problem, in their order; many in several processes."""
    if len(problems) <= _FEW:
        return [localise(problem) for problem in problems]
    with worker_pool(limits.workers, __name__) as pool:
        return list(pool.map(localise, problems, chunksize=_CHUNK))


def _trace(
    wanted: Iterable[str], archive: Path, lines: dict[str, ManifestLine], limits: Limits
) -> Iterator[tuple[str, TracedDocument | None]]:
    """Each document read again within the limits of one; None if it is not at hand (in `lines`) or cannot be read."""
    tasks = []
    for sha256 in wanted:
        if sha256 in lines:
            line, path = lines[sha256], archived_path(archive, sha256)
            seconds = limits.seconds_for(line.media_type)
            tasks.append(
                Task(sha256=sha256, path=str(path), source_uri=line.source_uri, captured_at="", seconds=seconds)
            )
        else:
            yield sha256, None
    if tasks:
        with DocumentPool(_TRACE, min(limits.workers, len(tasks)), limits.document_memory) as pool:
            for task, answer in pool.answers(tasks):
                yield task.sha256, _document_of(answer)


def _document_of(answer: Answer) -> TracedDocument | None:
    rejection: Rejection | None = answer.rejection
    return None if rejection is not None else msgspec.json.decode(answer.line, type=TracedDocument)
