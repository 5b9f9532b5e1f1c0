"""The pandera schemas of what is published: frames of the facts, one row per report, and the marts.

Names and sums come from the form. Sums over several columns are boolean columns of the frame before pandera sees it,
as in :mod:`contracts.layers.balance`; a null where a value must be counts as a violation.
"""

from collections.abc import Iterable, Mapping

import pandera.polars as pa
import polars as pl

from contracts.form import Identity, form
from contracts.layers.frames import KEY, PolarsType, violations_of
from contracts.layers.results import CheckResult, verdict

BODY_YEAR = ("authority_key", "report_year")
REGION_YEAR = ("region_code", "report_year")
BASES = ("consolidated", "own_reports", "none")
TABLE_STATUSES = ("passed", "accepted", "not_assessed", "held", "absent", "rejected")
LET_IN = ("passed", "accepted")
_ROUNDING = 1e-6
_YEAR = pa.Check.in_range(1990, 2100)


def _figures(names: Iterable[str], dtype: PolarsType = pl.Int64, signed: Iterable[str] = ()) -> dict[str, pa.Column]:
    """Nullable columns of figures, none negative but the `signed` ones."""
    may_be_negative = set(signed)
    natural = pa.Check.ge(0)
    return {n: pa.Column(dtype, None if n in may_be_negative else natural, nullable=True) for n in names}


def _truths(names: Iterable[str]) -> dict[str, pa.Column]:
    return {name: pa.Column(pl.Boolean, pa.Check.eq(True)) for name in names}


def check_frame(check_id: str, frame: pl.DataFrame, schema: pa.DataFrameSchema) -> CheckResult:
    """A frame against its schema as one check."""
    violations = violations_of(schema, frame)
    return verdict(check_id, frame.height, len(violations), "; ".join(violations[:5]))


def check_fact(fact: str, frame: pl.DataFrame, dtype: PolarsType = pl.Int64, signed: Iterable[str] = ()) -> CheckResult:
    """One row per report of a fact: a unique key, typed figures, natural ones unless they are `signed`."""
    names = [name for name in frame.columns if name != KEY]
    schema = pa.DataFrameSchema({KEY: pa.Column(pl.Int64, unique=True), **_figures(names, dtype, signed)}, strict=True)
    return check_frame(f"schema.{fact}", frame, schema)


def balance_identities() -> list[Identity]:
    """The enforced identities of the newest version between the flows of one applicant type."""
    newest = next(iter(form().versions.values()))
    rows = set(form().flows.values())
    return [
        identity
        for identity in newest.identities_of("applications", enforced=True)
        if {term.cell.row for term in identity.terms} == rows
        and len({term.cell.column for term in identity.terms}) == 1
    ]


def flows_balance(identity: Identity, figures: Mapping[str, pl.Expr]) -> pl.Expr:
    """Whether an identity over the flows holds, given the figures of each flow; null if a term is missing."""
    flow_of = {row: flow for flow, row in form().flows.items()}
    terms = (term.weight * figures[flow_of[term.cell.row]] for term in identity.terms)
    return sum(terms, start=pl.lit(0)) == 0


def check_truths(check_id: str, frame: pl.DataFrame, truths: Mapping[str, pl.Expr]) -> CheckResult:
    """Whether all of some expressions are true in every row; null is not true."""
    evaluated = frame.select(**truths)
    return check_frame(check_id, evaluated, pa.DataFrameSchema(_truths(truths), strict=True))


def _flows_add_up() -> pl.Expr:
    """The balance over the totals of a mart's flows; true where the mart has none."""
    (total,) = (i for i in balance_identities() if {t.cell.column for t in i.terms} == {"total"})
    has_none = pl.all_horizontal(pl.col(flow).is_null() for flow in form().flows)
    return has_none | flows_balance(total, {flow: pl.col(flow) for flow in form().flows}).fill_null(value=False)


def check_authority_year(frame: pl.DataFrame, figures: Mapping[str, tuple[str, ...]]) -> CheckResult:
    """`authority_year`: keys, years, statuses, natural figures, and none of a table that was not let in.

    What passed balances; what was accepted as reported need not.

    Args:
        frame: the mart's keys, figures and `<table>_status` columns.
        figures: the mart's figures by the table that they come from.
    """
    derived = frame.with_columns(
        flows_balance=(pl.col("applications_status") == "accepted") | _flows_add_up(),
        **{
            f"{table}_figures_passed": pl.col(f"{table}_status").is_in(LET_IN)
            | pl.all_horizontal(pl.col(name).is_null() for name in names)
            for table, names in figures.items()
        },
    )
    statuses = pa.Column(pl.String, pa.Check.isin(TABLE_STATUSES), nullable=True)
    schema = pa.DataFrameSchema(
        {
            "authority_key": pa.Column(pl.Int64),
            "report_year": pa.Column(pl.Int64, _YEAR),
            **_figures(name for names in figures.values() for name in names),
            **{f"{table}_status": statuses for table in form().tables},
            **_truths(["flows_balance", *(f"{table}_figures_passed" for table in figures)]),
        },
        strict=True,
        unique=list(BODY_YEAR),
    )
    return check_frame("schema.authority_year", derived, schema)


def check_region_year(frame: pl.DataFrame, figures: Iterable[str]) -> CheckResult:
    """`region_year`: keys, years, the basis of the figures, natural figures that balance unless one was accepted."""
    schema = pa.DataFrameSchema(
        {
            "region_code": pa.Column(pl.String, pa.Check.str_matches(r"^\d{6}$")),
            "report_year": pa.Column(pl.Int64, _YEAR),
            "basis": pa.Column(pl.String, pa.Check.isin(BASES)),
            "consolidated_by_zh": pa.Column(pl.String, nullable=True),
            **_figures(figures),
            "bodies_accepted": pa.Column(pl.Int64, pa.Check.ge(0)),
            **_truths(["flows_balance"]),
        },
        strict=True,
        unique=list(REGION_YEAR),
    )
    balance = (pl.col("bodies_accepted") > 0) | _flows_add_up()
    return check_frame("schema.region_year", frame.with_columns(flows_balance=balance), schema)


def check_cases(frame: pl.DataFrame, results: Iterable[str], rates: Iterable[str]) -> CheckResult:
    """`reviews_and_lawsuits`: a channel of the form, natural counts, and rates that are shares of the closed cases."""
    names, shares = list(results), list(rates)
    newest = next(iter(form().versions.values()))
    schema = pa.DataFrameSchema(
        {
            "authority_key": pa.Column(pl.Int64),
            "report_year": pa.Column(pl.Int64, _YEAR),
            "channel": pa.Column(pl.String, pa.Check.isin(list(newest.tables["reviews_and_lawsuits"].rows))),
            **_figures([*names, "cases", "closed_cases"]),
            **{rate: pa.Column(pl.Float64, pa.Check.in_range(0, 1), nullable=True) for rate in shares},
            **_truths(f"{rate}_is_share" for rate in shares),
        },
        strict=True,
        unique=[*BODY_YEAR, "channel"],
    )
    derived = {
        f"{rate}_is_share": pl.col(rate).is_null()
        | ((pl.col(rate) * pl.col("closed_cases") - pl.col(rate.removesuffix("_rate"))).abs() < _ROUNDING)
        for rate in shares
    }
    return check_frame("schema.reviews_and_lawsuits", frame.with_columns(**derived), schema)
