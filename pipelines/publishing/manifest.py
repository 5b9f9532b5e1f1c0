"""What a published version says of itself: `manifest.json` beside the mart."""

import hashlib
from importlib.metadata import version
from pathlib import Path

import duckdb
import msgspec

from contracts.layers.results import LayerReport
from pipelines.publishing.release.models import ReleaseDiff
from pipelines.warehouse import MANIFEST_FILE

PROJECT = Path(__file__).parents[2]
CODE_FOLDERS = ("contracts", "pipelines", "dbt_project")
CODE_SUFFIXES = frozenset({".py", ".yml", ".sql", ".csv"})
NO_DECISIONS = hashlib.sha256(b"").hexdigest()
NOT_CODE = frozenset({"__pycache__", "target", "logs", "dbt_packages"})


class Inputs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a version was made from: documents and decisions, their numbers and one hash over all their hashes.

    The documents' hashes count in any order, the decisions' in the ledger's.
    """

    documents: int
    sha256: str
    decisions: int = 0
    decisions_sha256: str = NO_DECISIONS


class Code(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The code a version was made by: the package's version and one hash over its sources."""

    package: str
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One version. `previous` is the version that was live when this one was published; times are ISO 8601, UTC.

    `row_counts` are those of the tables; views show again what tables hold.

    `release` is what changed against it, `accepted_changes` the reason why figures were allowed to change without a
    new document or decision.
    """

    version: str
    previous: str | None
    published_at: str
    inputs: Inputs
    code: Code
    mart_sha256: str
    mart_bytes: int
    row_counts: dict[str, int]
    contracts: list[LayerReport]
    release: ReleaseDiff | None = None
    accepted_changes: str | None = None


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a version's folder."""
    return msgspec.json.decode((folder / MANIFEST_FILE).read_bytes(), type=Manifest)


def describe_inputs(connection: duckdb.DuckDBPyConnection) -> Inputs:
    """The inputs of the warehouse opened by `connection`: all documents, read or rejected, and the ledger it used."""
    ((documents, digest),) = connection.execute(
        "select count(*), "
        "sha256(coalesce(bit_xor(md5_number(document_sha256 || payload_sha256 || status)), 0)::varchar) "
        "from raw.documents"
    ).fetchall()
    ((decisions, ledger),) = connection.execute(
        "select count(*), sha256(coalesce(string_agg(payload_sha256, ',' order by position), '')) from raw.decisions"
    ).fetchall()
    return Inputs(documents, digest, decisions, ledger)


def describe_code(project: Path = PROJECT) -> Code:
    """The code that is running: a change of any source of the contracts, the pipelines or the models changes it."""
    digest = hashlib.sha256()
    for path in sorted(path for folder in CODE_FOLDERS for path in (project / folder).rglob("*")):
        relative = path.relative_to(project)
        if path.suffix in CODE_SUFFIXES and not NOT_CODE & set(relative.parts):
            digest.update(f"{relative.as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return Code(version("gongkai"), digest.hexdigest())


def hash_file(path: Path) -> str:
    """The sha256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
