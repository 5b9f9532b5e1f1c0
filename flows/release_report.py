"""What a version changes as an artifact that Prefect shows, in Chinese and English."""

from pipelines.publishing.release.models import ReleaseDiff


def render_release(release: ReleaseDiff) -> str:
    """The release diff as Markdown: rows by table, then pass rates of the identities that changed."""
    lines = [f"# 版本差异 Changes against {release.previous}", ""]
    changed = [table for table in release.tables if not table.is_unchanged]
    if not changed:
        return "\n".join([*lines, "无变化 No table changed."])
    lines += [
        "| 表 table | 之前 before | 之后 after | 新增 added | 删除 removed | 更改 changed |",
        "|---|--:|--:|--:|--:|--:|",
        *(f"| {t.table} | {t.rows_before} | {t.rows_after} | {t.added} | {t.removed} | {t.changed} |" for t in changed),
        *(
            f"\n{t.table}: 主键已变，按整行比较 its key is another, rows are compared as wholes"
            for t in changed
            if t.is_regrained
        ),
        "",
        "| 恒等式 identities | 之前通过 passed before | 之后通过 passed after |",
        "|---|--:|--:|",
        *(
            f"| {rate.identities} | {rate.passed_before} / {rate.assessed_before} "
            f"| {rate.passed_after} / {rate.assessed_after} |"
            for rate in release.pass_rates
        ),
        "",
        f"无新文件或决定而更改的数字 Figures changed without new document or decision: {release.unexplained_changes}",
    ]
    return "\n".join(lines)
