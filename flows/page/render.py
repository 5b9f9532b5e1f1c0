"""The page as one string of HTML: no script, no file beside it, no host outside."""

from pathlib import Path

import duckdb
import jinja2

from contracts.form import form
from flows.commands.mart import count_documents, count_tables
from flows.page.findings import count_findings, read_page_findings
from flows.page.rule_failures import read_rule_failures
from flows.page.wording import rule_label
from pipelines.publishing import Version

TEMPLATE = "page.html.j2"
KIND_NAMES = {
    "identities_violated": "恒等式不成立",
    "claim_conflict": "正文与表格不符",
    "identity_conflict": "报告身份有矛盾",
    "decision_expired": "决定已失效",
}
VERDICT_NAMES = {
    "reporting_error": "原文即误",
    "extraction_error": "读取有误",
    "likely": "很可能",
    "ambiguous": "有多种可能",
    "not_assessed": "无法判断",
    "claim_conflict": "正文与表格不符",
}
CLAIM_NAMES = {"agree": "与表格相符", "conflict": "与表格不符", "not_assessed": "无法核验"}
SEVERITY_NAMES = {"error": "错误", "warning": "警示", "info": "提示"}
STATUS_NAMES = {
    "passed": "通过",
    "accepted": "照报接受",
    "held": "暂缓",
    "not_assessed": "无法核验",
    "absent": "没有此表",
    "rejected": "拒收",
}


def render_page(
    mart: duckdb.DuckDBPyConnection, warehouse: duckdb.DuckDBPyConnection | None, version: Version, most: int
) -> str:
    """The page on a version; at most `most` findings are shown one by one, held tables first.

    Without the working database `warehouse` held tables have no figures.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=jinja2.StrictUndefined
    )
    findings = list(read_page_findings(mart, warehouse, most))
    counts = count_findings(mart)
    tables = count_tables(mart)
    newest = next(iter(form().versions.values()))
    seen = {status for by_status in tables.values() for status in by_status}
    return environment.get_template(TEMPLATE).render(
        version=version,
        documents=count_documents(mart),
        tables=tables,
        table_names={name: (t.heading["zh"], t.heading["en"]) for name, t in newest.tables.items()},
        statuses=[status for status in STATUS_NAMES if status in seen],
        counts=counts,
        findings=findings,
        held=[finding for finding in findings if finding.grid is not None],
        shown=len(findings),
        total=sum(count for _kind, _verdict, count in counts),
        kind_names=KIND_NAMES,
        verdict_names=VERDICT_NAMES,
        status_names=STATUS_NAMES,
        claim_names=CLAIM_NAMES,
        severity_names=SEVERITY_NAMES,
        rule_failures=read_rule_failures(mart, most),
        rule_label=rule_label,
    )
