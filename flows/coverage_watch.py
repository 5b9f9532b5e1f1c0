"""The watch of the months in which reports are due: who published one last year and has not yet this year.

Who is expected and by when is said by the mart `coverage`; before the first report of a year is on file it has no rows
of that year, and the deadlines are those of the year before, a year later.
"""

import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
from msgspec import Struct
from prefect import flow, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from flows.notifications import notify, tell_failure
from pipelines.publishing import live_version
from pipelines.warehouse import MART_FILE, Warehouse

CHINA = ZoneInfo("Asia/Shanghai")
SHOWN = 1000
LISTED = 20
MISSING = """
with due as (select * from marts.coverage where report_year = $year)

select
    last_year.authority_zh,
    coalesce(last_year.authority_class, 'unknown') as authority_class,
    cast(coalesce(last_year.deadline, make_date($year, 3, 31)) + interval 1 year as date) < $today as is_late
from marts.coverage as last_year
left join due on last_year.authority_key = due.authority_key
where last_year.report_year = $year - 1
    and last_year.report_key is not null
    and due.report_key is null
    and (due.authority_key is not null or not exists (from due))
order by all
"""
PUBLISHED = "select count(*) from marts.coverage where report_year = $year and report_key is not null"


class Coverage(Struct, frozen=True):
    """The coverage of one report year: bodies that have published, and those of the year before that have not.

    `missing` has each body's class (`department`, or the level of a government), `late` those
    whose deadline has passed.
    """

    year: int
    published: int
    missing: list[tuple[str, str]]
    late: list[str]


@flow(name="coverage", flow_run_name="coverage {warehouse}", on_failure=[tell_failure], on_crashed=[tell_failure])
def watch_coverage(warehouse: str = ".warehouse", today: datetime.date | None = None) -> Coverage:
    """Compare the bodies of last year's reports with this year's, show who is missing and tell who is late.

    Args:
        warehouse: the warehouse's folder.
        today: the day that deadlines are compared with; today in China if left out.

    Raises:
        UnknownVersionError: nothing has been published.
    """
    folder = Warehouse(Path(warehouse))
    found = read_coverage(folder, today or datetime.datetime.now(CHINA).date())
    table = [{"机构 body": body, "类别 kind": kind, "逾期 late": body in found.late} for body, kind in found.missing]
    description = f"{found.year}: {found.published} published, {len(found.missing)} missing, {len(found.late)} late"
    create_table_artifact(table[:SHOWN], key="coverage", description=description)
    if found.late:
        listed = "\n".join(found.late[:LISTED])
        more = f"\nand {len(found.late) - LISTED} more" if len(found.late) > LISTED else ""
        notify(folder, f"Gongkai: {len(found.late)} bodies are late with {found.year}", listed + more, "warning")
    return found


@task(name="read coverage", task_run_name="read coverage", cache_policy=NO_CACHE)
def read_coverage(warehouse: Warehouse, today: datetime.date) -> Coverage:
    """The coverage of the reports that are due in the year of `today`, from the live version.

    Raises:
        UnknownVersionError: nothing has been published.
    """
    year = today.year - 1
    with duckdb.connect(live_version(warehouse).folder / MART_FILE, read_only=True) as connection:
        rows = connection.execute(MISSING, {"year": year, "today": today}).fetchall()
        ((published,),) = connection.execute(PUBLISHED, {"year": year}).fetchall()
    missing = [(body, kind) for body, kind, _is_late in rows]
    return Coverage(year, published, missing, [body for body, _kind, is_late in rows if is_late])
