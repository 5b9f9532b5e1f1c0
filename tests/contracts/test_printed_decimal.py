"""Text as decimal(24, 6): the way that is short for DuckDB gives what its own cast gives, in models and contracts."""

import duckdb
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contracts.layers.frames import printed_decimal
from tests.contracts.test_staging import MODELS

MACRO = (MODELS.parents[1] / "macros" / "printed_decimal.sql").read_text(encoding="utf-8")
BODY = MACRO[MACRO.index("{% macro") :].partition("-%}")[2].partition("{%- endmacro")[0]
EXPRESSIONS = {
    "contracts": printed_decimal("printed"),
    "models": BODY.replace("{{ text }}", "printed").replace("{{ cast }}", "try_cast"),
}
DIGITS = st.text("0123456789", max_size=20)
NUMBERS = st.builds(
    lambda sign, whole, point, fraction, power: f"{sign}{whole}{point}{fraction}{power}",
    st.sampled_from(["", "-", "+"]),
    DIGITS,
    st.sampled_from([".", ""]),
    DIGITS,
    st.sampled_from(["", "", "", "e2", "E-3"]),
)


@pytest.mark.parametrize("where", EXPRESSIONS)
@given(printed=NUMBERS | st.text(max_size=5))
@example("957.78")
@example("2023.852")
@example("999999999999.9999995")  # rounds up to a thirteenth digit
@example("123456789012345678.123456")
@example("1.0000005")
@example("1000000000.000000005e2")
@example("\u7ea65\u4e07\u5143")
@example("")
def test_text_becomes_the_same_decimal(where: str, printed: str) -> None:
    found = EXPRESSIONS[where]
    query = f"""
        select {found} is not distinct from try_cast(printed as decimal(24, 6)), typeof({found})
        from (select ? as printed)
    """
    assert duckdb.execute(query, [printed]).fetchall() == [(True, "DECIMAL(24,6)")]
