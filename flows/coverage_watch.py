"""The watch of the months in which reports are due: who published one last year and has not yet this year.

Departments publish by the end of January, governments by the end of March (Regulations on Open Government
Information, article 50, and the notices on the annual report's form).
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
DEADLINES = {"department": (1, 31), "government": (3, 31)}
SHOWN = 1000
LISTED = 20
MISSING = """
select
    authority_zh,
    case when regexp_matches(authority_zh, '(人民政府|行政公署)$') then 'government' else 'department' end as kind
from marts.authority_year
where report_year = $year - 1
    and authority_zh not in (select authority_zh from marts.authority_year where report_year = $year)
group by all
order by kind, authority_zh
"""
PUBLISHED = "select count(distinct authority_zh) from marts.authority_year where report_year = $year"


class Coverage(Struct, frozen=True):
    """The coverage of one report year: bodies that have published, and those of the year before that have not.

    `late` are those among the missing whose deadline has passed.
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
    year = {"year": today.year - 1}
    with duckdb.connect(live_version(warehouse).folder / MART_FILE, read_only=True) as connection:
        missing = connection.execute(MISSING, year).fetchall()
        ((published,),) = connection.execute(PUBLISHED, year).fetchall()
    late = [body for body, kind in missing if today > datetime.date(today.year, *DEADLINES[kind])]
    return Coverage(year["year"], published, missing, late)
