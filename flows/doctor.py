"""Whether everything a run needs is as it must be: each check with what was found and the remedy."""

import os
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import duckdb
import httpx
from msgspec import Struct
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from flows.addresses import read_addresses
from flows.prefect_server import find_served_api
from pipelines.decisions import LedgerError, default_ledger, read_ledger
from pipelines.decisions.used import check_used
from pipelines.publishing import DamagedVersionError, scan_versions
from pipelines.publishing.audit import MAGIC, MAGIC_OFFSET, STORAGE_NUMBER
from pipelines.publishing.lock import describe_holder, find_holder
from pipelines.raw_schema import find_differences
from pipelines.warehouse import Warehouse

Verdict = Literal["ok", "note", "wrong"]
LEAST_FREE = 2**30
BUILD_COPIES = 2  # a run needs room for the next mart and for what the database grows by
TIMEOUT_SECONDS = 5.0
MOST_NAMED = 5


class Check(Struct, frozen=True):
    """One check. `note` is worth knowing and stops nothing; `wrong` has a remedy."""

    name: str
    verdict: Verdict
    found: str
    remedy: str = ""


def examine(warehouse: Warehouse, ledger: Path | None = None) -> Iterator[Check]:
    """All checks of this environment and of one warehouse, which need not exist; nothing is changed.

    The ledger is by default the one that a run would take.
    """
    yield _check_python()
    yield _check_packages()
    yield from _check_tools()
    yield _check_space(warehouse)
    yield _check_permissions(warehouse)
    yield _check_lock(warehouse)
    yield _check_database(warehouse)
    yield from _check_raw(warehouse)
    yield _check_live(warehouse)
    yield from _check_versions(warehouse)
    yield _check_ledger(warehouse, ledger or default_ledger())
    yield _check_clock(warehouse)
    yield _check_prefect(warehouse)
    yield _check_addresses(warehouse)


def _check_python() -> Check:
    wanted = SpecifierSet(metadata("gongkai")["Requires-Python"])
    found = ".".join(map(str, sys.version_info[:3]))
    if found in wanted:
        return Check("python", "ok", found)
    return Check(
        "python", "wrong", found, f"Set .venv up with Python {wanted}: rm -r .venv; make setup PYTHON=python3.12"
    )


def _check_packages() -> Check:
    """Each requirement of the project, with its exact pins, against what is installed."""
    differing = []
    for line in requires("gongkai") or ():
        requirement = Requirement(line)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            installed = version(requirement.name)
        except PackageNotFoundError:
            installed = ""
        if installed not in requirement.specifier:
            differing.append(f"{requirement.name} {installed or 'is missing'} ({requirement.specifier})")
    if not differing:
        return Check("packages", "ok", "all as pyproject.toml requires")
    return Check("packages", "wrong", "; ".join(differing), "Install from the lock: rm .venv/.ready; make setup")


def _check_tools() -> Iterator[Check]:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    missing = "missing: .doc and .wps are rejected"
    yield Check("soffice", "ok" if office else "note", office or missing, "" if office else "Install LibreOffice.")
    is_there = all(find_spec(name) is not None for name in ("rapidocr", "onnxruntime"))
    missing = "missing: scans are rejected"
    remedy = "" if is_there else "pip install 'gongkai[ocr]'"
    yield Check("ocr", "ok" if is_there else "note", "installed" if is_there else missing, remedy)


def _check_space(warehouse: Warehouse) -> Check:
    folder = next(path for path in (warehouse.root.resolve(), *warehouse.root.resolve().parents) if path.exists())
    free = shutil.disk_usage(folder).free
    built = sum(path.stat().st_size for path in (warehouse.database, warehouse.live_mart) if path.exists())
    needed = max(LEAST_FREE, BUILD_COPIES * built)
    found = f"{free / 2**30:.1f} GB free, a run may need {needed / 2**30:.1f} GB"
    if free >= needed:
        return Check("space", "ok", found)
    return Check("space", "wrong", found, f"Make room on the disk of {folder}, or move the warehouse.")


def _check_permissions(warehouse: Warehouse) -> Check:
    if not warehouse.root.exists():
        return Check("permissions", "note", f"{warehouse.root} does not exist", "`gongkai run` makes it.")
    denied = list(_find_denied(warehouse))
    if not denied:
        return Check("permissions", "ok", f"all of {warehouse.root} can be read and what changes be written")
    more = f" and {len(denied) - MOST_NAMED} more" if len(denied) > MOST_NAMED else ""
    remedy = f"Give them to the user who runs gongkai: chown -R {os.getuid()} {warehouse.root}"
    named = ", ".join(map(str, denied[:MOST_NAMED]))
    return Check("permissions", "wrong", f"cannot read or write {named}{more}", remedy)


def _find_denied(warehouse: Warehouse) -> Iterator[Path]:
    """Folders that cannot be listed or written, and files that cannot be read, or written where they change."""
    for name, _, files in os.walk(warehouse.root):
        folder = Path(name)
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            yield folder
        never_change = folder.is_relative_to(warehouse.archive) or folder.is_relative_to(warehouse.versions)
        for file in files:
            path = folder / file
            if path.exists() and not os.access(path, os.R_OK if never_change else os.R_OK | os.W_OK):
                yield path


def _check_lock(warehouse: Warehouse) -> Check:
    holder = find_holder(warehouse.lock)
    if holder is not None:
        return Check("lock", "note", f"held by {describe_holder(holder)}", "Another run has to wait until it ends.")
    if warehouse.unfinished.exists():
        return Check("lock", "note", "free; the last run did not end well", "The next run cleans what it left.")
    return Check("lock", "ok", "free")


def _check_database(warehouse: Warehouse) -> Check:
    if not warehouse.database.exists():
        return Check("database", "note", "there is none yet", "`gongkai run` makes it.")
    if find_holder(warehouse.lock) is not None:
        return Check("database", "note", "not looked at: a run is writing", "Ask again when it has ended.")
    remedy = "Restore the warehouse from a backup, or extract anew: docs/operations.md, `A damaged database`."
    return _open("database", warehouse.database, "select count(*) from raw.documents", remedy)


def _check_raw(warehouse: Warehouse) -> Iterator[Check]:
    """Whether the next run can add to the raw tables; says nothing of a database that is not there or does not open."""
    if not warehouse.database.exists() or find_holder(warehouse.lock) is not None:
        return
    try:
        differences = find_differences(warehouse.database)
    except duckdb.Error:
        return
    found = "; ".join(map(str, differences))
    if not differences:
        yield Check("raw tables", "ok", "as declared")
    elif all(difference.is_additive for difference in differences):
        yield Check("raw tables", "note", found, "The next run adds these columns, empty in the rows that are there.")
    else:
        remedy = "Make the working database anew from the archive: docs/operations.md, `Upgrade`."
        yield Check("raw tables", "wrong", found, remedy)


def _check_live(warehouse: Warehouse) -> Check:
    if not warehouse.current.is_symlink():
        return Check("live version", "note", "nothing has been published", "Publish with `gongkai run`.")
    remedy = "Go back to a version that can be read: `gongkai rollback`."
    if not warehouse.live_mart.is_file():
        return Check("live version", "wrong", f"{warehouse.current} leads to {warehouse.current.readlink()}", remedy)
    try:
        with warehouse.live_mart.open("rb") as file:
            header = file.read(MAGIC_OFFSET + len(MAGIC) + 8)
    except OSError as error:
        return Check("live version", "wrong", f"{warehouse.live_mart} cannot be read: {error.strerror}", remedy)
    number = int.from_bytes(header[MAGIC_OFFSET + len(MAGIC) :], "little")
    if header[MAGIC_OFFSET:][: len(MAGIC)] != MAGIC or number > STORAGE_NUMBER:
        return Check("live version", "wrong", f"its storage format is {number}, not {STORAGE_NUMBER}", remedy)
    return _open("live version", warehouse.live_mart.resolve(), "select count(*) from marts.authority_year", remedy)


def _check_versions(warehouse: Warehouse) -> Iterator[Check]:
    for error in scan_versions(warehouse)[1]:
        yield Check(f"version {error.id}", "wrong", error.found, error.remedy)


def _check_ledger(warehouse: Warehouse, path: Path) -> Check:
    try:
        ledger = read_ledger(path)
        check_used(ledger, warehouse)
    except LedgerError as error:
        remedy = "Name the right ledger with --ledger, or restore this one: docs/decisions.md, `The file`."
        return Check("ledger", "wrong", str(error), remedy)
    except (DamagedVersionError, duckdb.Error) as error:
        reason = str(error).splitlines()[0]
        return Check("ledger", "note", f"{path} was not compared with the newest version: {reason}", "See the version.")
    if not path.exists():
        return Check("ledger", "note", f"there is no {path} yet", "`gongkai review` and `gongkai decide` make it.")
    return Check("ledger", "ok", f"{path} ({len(ledger.lines):,} decisions)")


def _open(name: str, path: Path, query: str, remedy: str) -> Check:
    try:
        with duckdb.connect(path, read_only=True) as connection:
            ((count,),) = connection.execute(query).fetchall()
    except duckdb.Error as error:
        return Check(name, "wrong", str(error).splitlines()[0], remedy)
    return Check(name, "ok", f"opens ({query.rpartition(' ')[2]}: {count:,} rows)")


def _check_clock(warehouse: Warehouse) -> Check:
    now = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    kept, _ = scan_versions(warehouse)
    ahead = [found.id for found in kept if found.id[:1].isdigit() and found.id[: len(now)] > now]
    if not ahead:
        return Check("clock", "ok", now)
    remedy = "Set the clock right. New versions are numbered after the kept ones meanwhile, so none is taken for old."
    return Check("clock", "wrong", f"{now}, but version {ahead[-1]} was published later than that", remedy)


def _check_prefect(warehouse: Warehouse) -> Check:
    address = os.environ.get("PREFECT_API_URL") or find_served_api(warehouse)
    if address is None:
        return Check("prefect", "note", "no schedule is served; a run starts a server of its own", "`gongkai serve`")
    try:
        httpx.get(f"{address}/health", timeout=TIMEOUT_SECONDS, trust_env=False).raise_for_status()
    except httpx.HTTPError as error:
        where = "Start the server that PREFECT_API_URL names, or unset it." if "PREFECT_API_URL" in os.environ else ""
        remedy = where or f"See {warehouse.logs / 'serve-server.log'}, and start `gongkai serve` again."
        return Check("prefect", "wrong", f"{address} does not answer: {error}", remedy)
    return Check("prefect", "ok", f"answers at {address}")


def _check_addresses(warehouse: Warehouse) -> Check:
    path = warehouse.notify_urls
    try:
        addresses = read_addresses(warehouse)
    except (OSError, UnicodeDecodeError) as error:
        return Check("notifications", "wrong", f"{path} cannot be read: {error}", "Write it anew, one address a line.")
    if not addresses:
        remedy = f"Write their addresses into {path} or GONGKAI_NOTIFY_URLS: docs/operations.md, `Notifications`."
        return Check("notifications", "note", "nobody is told when a run fails", remedy)
    if path.exists() and path.stat().st_mode & 0o077:
        return Check(
            "notifications", "wrong", f"{path} can be read by others and may hold secrets", f"chmod 600 {path}"
        )
    return Check("notifications", "ok", f"{len(addresses)} addresses")
