"""One file with two years, from the document to the mart."""

from pathlib import Path

from pipelines.render.document import render
from tests.extract.two_reports import join, two_truths, year_of
from tests.whole_way import query, run_gongkai

BODY = "杭州市商务局"


def test_both_years_of_one_document_are_in_the_mart(tmp_path: Path) -> None:
    truths = dict(zip((2021, 2022), two_truths("mart"), strict=True))
    parts = [render(year_of(truth, year, BODY), "html", "simplified") for year, truth in truths.items()]
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "two_years.html").write_bytes(join(*parts))
    warehouse = tmp_path / "warehouse"
    printed = run_gongkai("run", "--input", tmp_path / "documents", "--warehouse", warehouse)
    assert "1 documents read with 2 reports, 0 rejected" in printed
    received = f"""
        select report_year, new_received, carried_out from marts.authority_year
        where authority_zh = '{BODY}' order by report_year
    """
    assert query(warehouse, received) == [
        (year, *(truth["applications"][row]["total"] for row in ("new_received", "carried_out")))
        for year, truth in truths.items()
    ]
    statuses = "select distinct status::varchar from marts.fct_report_tables where table_id = 'applications'"
    assert query(warehouse, statuses) == [("passed",)]
