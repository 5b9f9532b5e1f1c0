"""The whole way as a user goes it: `gongkai` in a process of its own, and the mart that BI opens."""

import ctypes
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from contracts.form import form

PR_CAPBSET_DROP, ROOTS_WAYS_PAST_PERMISSIONS = 24, (1, 2, 3)  # prctl(2), capabilities(7)
GONGKAI = Path(sys.executable).with_name("gongkai")


def run_gongkai(*arguments: str | Path, expected_code: int = 0, limit: Callable[[], None] | None = None) -> str:
    """Run a command of `gongkai`, limited if asked for, and give what it printed on standard output."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    done = subprocess.run(  # noqa: S603 - our own command
        [GONGKAI, *arguments], capture_output=True, text=True, env=environment, check=False, preexec_fn=limit
    )
    assert done.returncode == expected_code, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def obey_permissions() -> None:
    """Also root may only do what the permissions of a file say; for a process that is about to start."""
    for capability in ROOTS_WAYS_PAST_PERMISSIONS if os.geteuid() == 0 else ():
        assert ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0


@contextmanager
def only_readable(folder: Path) -> Iterator[None]:
    """Nothing in a folder may be written by who obeys permissions."""
    modes = {path: path.stat().st_mode for path in (folder, *folder.rglob("*")) if not path.is_symlink()}
    for path, mode in modes.items():
        path.chmod(mode & ~0o222)
    try:
        yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


def run_without_reader(*arguments: str | Path) -> tuple[int, str]:
    """Exit code and standard error of a command of `gongkai` whose standard output nobody reads any more."""
    reading, writing = os.pipe()
    os.close(reading)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    with os.fdopen(writing, "wb") as closed:
        done = subprocess.run(  # noqa: S603 - our own command
            [GONGKAI, *arguments], stdout=closed, stderr=subprocess.PIPE, text=True, env=environment, check=False
        )
    return done.returncode, done.stderr


def query(warehouse: Path, statement: str) -> list[tuple[Any, ...]]:
    """Rows from the live mart."""
    with duckdb.connect(str(warehouse / "current" / "mart.duckdb"), read_only=True) as connection:
        return connection.execute(statement).fetchall()


def copy_with_one_digit_changed(folder: Path, name_start: str, target: Path) -> str:
    """Copy a folder of documents; in one of them, one digit of the row `granted` of table 三 is another.

    Returns:
        The name of the changed document.
    """
    shutil.copytree(folder, target)
    (document,) = target.glob(f"{name_start}*")
    label = form().versions["2021"].tables["applications"].rows["granted"].zh
    text = document.read_text(encoding="utf-8")
    changed, count = re.subn(rf"({label}\s*\|\s*)7(\s*\|)", r"\g<1>8\g<2>", text)
    assert count == 1
    document.write_text(changed, encoding="utf-8")
    return document.name


def check_published_figures(warehouse: Path) -> None:
    """The figures of the five reports, as they stand in their tables."""
    granted = """
        select applications from marts.fct_applications
        inner join marts.dim_authority using (authority_key)
        where authority_zh = '杭州市人民政府' and report_year = 2023
            and applicant_type = 'natural_person' and outcome = 'granted'
    """
    assert query(warehouse, granted) == [(5034,)]
    body_year = "select {} from marts.authority_year where authority_zh = '{}' and report_year = {}"
    assert query(warehouse, body_year.format("reviews, lawsuits", "杭州市人民政府", 2023)) == [(286, 183)]
    assert query(warehouse, body_year.format("decided", "杭州市临平区人民政府", 2022)) == [(1048,)]
    fee = "select value_printed from marts.fct_proactive_disclosures where measure = 'amount_cny_10k' order by value"
    assert [row[0] for row in query(warehouse, fee)] == ["0", "91.61", "2023.852", "286245"]


def check_held_table(warehouse: Path, document: str) -> None:
    """Table 三 of the changed document is held and explained; its other tables and the other reports are published."""
    statuses = f"""
        select table_id::varchar, fct_report_tables.status::varchar from marts.fct_report_tables
        inner join marts.dim_report using (report_key) inner join marts.dim_document using (document_key)
        where source_uri like '%{document}'
    """
    assert dict(query(warehouse, statuses)) == {
        "applications": "held",
        "reviews_and_lawsuits": "passed",
        "proactive_disclosure": "not_assessed",
    }
    exceptions = "select identity, residual from marts.quality_exceptions where exception_kind = 'held' order by all"
    assert query(warehouse, exceptions) == [("applicants.granted", 1), ("outcomes.natural_person", 1)]
    reports = "select count(distinct report_key) from marts.{}"
    assert query(warehouse, reports.format("fct_applications")) == [(3,)]
    assert query(warehouse, reports.format("fct_application_flows")) == [(3,)]
    assert query(warehouse, reports.format("fct_reviews_and_lawsuits")) == [(4,)]
    assert query(warehouse, reports.format("fct_proactive_disclosures")) == [(4,)]
    assert query(warehouse, reports.format("fct_legacy_indicators")) == [(1,)]
    body = """
        select new_received, reviews, applications_status from marts.authority_year
        where authority_zh = '杭州市商务局'
    """
    assert query(warehouse, body) == [(None, 0, "held")]
