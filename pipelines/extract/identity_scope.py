"""Whether a report is its body's own or consolidates those of the bodies below it, and what says so."""

import re
from collections.abc import Sequence

from contracts.raw_json import Scope
from pipelines.extract.authority_names import Body
from pipelines.extract.identity_lines import Line
from pipelines.extract.identity_year import Witness, quoted

_BELOW = r"各(?:有关|相关|级)?(?:单位|部门|委办局|行政机关|区县|县市区|县区|县|区|市|州|乡镇|镇街|镇|街道|地)"
_CONSOLIDATED = re.compile(
    rf"(?:汇总|综合|根据)[^。;]{{0,40}}{_BELOW}[^。;]{{0,60}}(?:编制|形成|汇总|编写)"
    rf"|{_BELOW}[^。;]{{0,40}}(?:汇总|综合)(?:编制|形成|而成|编写)"
)
_OWN = re.compile(
    r"(?:仅|只)(?:包括|包含|含|反映|统计|为|限于?)[^。;,]{0,12}(?:本级|本机关|机关本级|本部门|本单位)"
    r"|(?:数据|内容|报告)[^。;]{0,12}不(?:包括|包含|含)[^。;]{0,20}(?:部门|下级|下属|所属|县|区|乡镇|街道|单位)"
)
_WHOLE_REGION = re.compile(r"全[省市区县州]")
_WHOLE_REGION_NAMED = 3


def _stated(lines: Sequence[Line]) -> list[Witness]:
    found: list[Witness] = []
    kinds: tuple[tuple[re.Pattern[str], Scope], ...] = ((_CONSOLIDATED, "consolidated"), (_OWN, "own"))
    for pattern, scope in kinds:
        for line in lines:
            match = pattern.search(line.folded)
            if match is not None:
                found.append(Witness("scope", scope, "text", quoted(line, match), line.span))
                break
    return found


def read_scope(
    body: Body | None, lines: Sequence[Line], text: str, titles: Sequence[Witness]
) -> tuple[Scope, list[Witness]]:
    """The scope and what says so.

    A government reports for its whole region, an office, bureau or department for itself, unless the title or the
    text says otherwise. Where they say both the scope is open. A department never consolidates other departments.

    Args:
        body: the body, None if it could not be decided.
        lines: the beginning of the document.
        text: the same as one text, folded.
        titles: what the title says of the scope.
    """
    stated = [*titles, *_stated(lines)]
    if body is not None and not (body.governs or body.is_general_office):
        return "own", [*titles, Witness("scope", "own", "kind_of_body", body.name)]
    if stated:
        said = {witness.value for witness in stated}
        scope: Scope = "unknown" if len(said) > 1 else "own" if "own" in said else "consolidated"
        return scope, stated
    if body is not None:
        scope = "consolidated" if body.governs else "own"
        return scope, [Witness("scope", scope, "kind_of_body", body.name)]
    named = _WHOLE_REGION.findall(text)
    if len(named) >= _WHOLE_REGION_NAMED:
        return "consolidated", [Witness("scope", "consolidated", "text", named[0])]
    return "unknown", []
