"""Contracts of the four layers: each is a function of the open warehouse that returns its results as data."""

from contracts.layers.facts import check_facts
from contracts.layers.marts import check_marts
from contracts.layers.raw import check_raw
from contracts.layers.results import CheckResult, LayerReport, RunExpectation, record
from contracts.layers.staging import check_staging

__all__ = [
    "CheckResult",
    "LayerReport",
    "RunExpectation",
    "check_facts",
    "check_marts",
    "check_raw",
    "check_staging",
    "record",
]
