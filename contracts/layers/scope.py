"""Which rows a contract evaluates: all that the warehouse holds, or those of what a run touched.

The schema `touched` names the documents that a run added or changed, the bodies whose reports these are or were, and
all reports and regions of these bodies. Revisions, carries and every fact are closed under the body.
"""

from collections.abc import Mapping
from typing import Literal

from contracts.layers.results import RunExpectation

Unit = Literal["document_key", "authority_key", "report_key", "region_code"]
Relations = Mapping[str, Unit | None]  # relations with the unit by which each changes
TOUCHED: dict[Unit, str] = {
    "document_key": "touched.documents",
    "authority_key": "touched.bodies",
    "report_key": "touched.reports",
    "region_code": "touched.regions",
}


def in_scope(run: RunExpectation, relation: str, unit: Unit | None = "authority_key") -> str:
    """The rows of a relation that the run's contracts evaluate, as something to select from.

    Args:
        run: the run, whole or not.
        relation: a table or view.
        unit: its column that says what a row belongs to; None for what is small and always evaluated as a whole.
    """
    if run.is_whole or unit is None:
        return relation
    return f"(from {relation} semi join {TOUCHED[unit]} using ({unit}))"
