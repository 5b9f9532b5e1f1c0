"""The report of a layer's contract as an artifact that Prefect shows, in Chinese and English."""

from collections import Counter
from collections.abc import Sequence

from contracts.layers.results import CheckResult, LayerReport

LAYER_NAMES = {"raw": "原始层", "staging": "整理层", "facts": "事实层", "marts": "集市层"}
STATUS_NAMES = {"pass": "通过", "fail": "不通过", "not_assessed": "无法核验", "not_applicable": "不适用"}
SHOWN = 50


def render_contract(report: LayerReport) -> str:
    """The report as Markdown: the verdict, the number of checks by status, and the checks that failed."""
    verdict = "红 red: 不发布 nothing is published" if report.is_red else "绿 green"
    counts = Counter(result.status for result in report.results)
    statuses = [f"- {STATUS_NAMES.get(status, status)} {status}: {counts[status]}" for status in sorted(counts)]
    title = f"# {LAYER_NAMES.get(report.layer, report.layer)}契约 Contract of {report.layer}: {verdict}"
    return "\n".join([title, "", *statuses, "", *_render_failures(report.results)])


def _render_failures(results: Sequence[CheckResult]) -> list[str]:
    failures = [result for result in results if result.status == "fail"]
    if not failures:
        return []
    lines = ["| 检查 check | 级别 severity | 行数 rows | 不符 failed | 说明 detail |", "|---|---|--:|--:|---|"]
    for result in failures[:SHOWN]:
        detail = result.detail.replace("|", "\\|").replace("\n", " ")
        lines.append(
            f"| {result.check_id} | {result.severity} | {result.rows_seen} | {result.rows_failed} | {detail} |"
        )
    if len(failures) > SHOWN:
        lines.append(f"\n另有 and {len(failures) - SHOWN} more in quality.contract_results")
    return lines
