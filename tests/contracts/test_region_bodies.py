"""Which body's figures the contract of the marts takes for a region."""

import polars as pl
import pytest

from contracts.layers.region_years import choose_bodies

REGION, YEAR = "152500", 2024
PREFECTURE, LEAGUE, TOWN, OFFICE = "某某市人民政府", "某某盟行政公署", "某某镇人民政府", "某某盟财政局"


def _bodies(*rows: tuple[str, str]) -> pl.DataFrame:
    """Bodies of one region with passed tables: their names and scopes, keys in the order given."""
    return pl.DataFrame(
        {
            "region_code": [REGION] * len(rows),
            "report_year": [YEAR] * len(rows),
            "authority_key": list(range(len(rows))),
            "authority_zh": [name for name, _ in rows],
            "scope_counted": [scope for _, scope in rows],
            "applications_status": ["passed"] * len(rows),
        }
    )


@pytest.mark.parametrize("government", [PREFECTURE, LEAGUE])
def test_a_region_is_reported_for_by_its_government_of_either_name(government: str) -> None:
    chosen = choose_bodies(_bodies((OFFICE, "own"), (government, "consolidated")))
    assert chosen.select("authority_zh", "basis").rows() == [(government, "consolidated")]


def test_of_two_governments_the_one_called_so_counts_whatever_their_keys() -> None:
    chosen = choose_bodies(_bodies((LEAGUE, "consolidated"), (PREFECTURE, "consolidated")))
    assert chosen["authority_zh"].to_list() == [PREFECTURE]


@pytest.mark.parametrize(("year", "name"), [(2014, "保定市新市区人民政府"), (2015, "保定市竞秀区人民政府")])
def test_of_two_governments_the_one_named_as_the_region_is_that_year_counts(year: int, name: str) -> None:
    names = ("保定市竞秀区人民政府", "保定市新市区人民政府")
    for order in (names, names[::-1]):
        bodies = _bodies(*((each, "consolidated") for each in order))
        renamed = bodies.with_columns(region_code=pl.lit("130602"), report_year=pl.lit(year))
        assert choose_bodies(renamed)["authority_zh"].to_list() == [name]


def test_a_town_does_not_report_for_its_county() -> None:
    chosen = choose_bodies(_bodies((TOWN, "consolidated"), (OFFICE, "own")))
    assert chosen.select("authority_zh", "basis").rows() == [(OFFICE, "own_reports")]
