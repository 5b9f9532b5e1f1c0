"""Jurisdictions: which bodies of a region must report, and the names under which reports print them.

One YAML file a region, `contracts/jurisdictions/<code>.yml`. A government that a region's code implies need not be
listed; departments, and names that a report prints and nobody would guess, are. Source: the bodies' own lists of units
that must publish a report (Regulations on Open Government Information, article 49). The names serve reading, the years
the coverage: a body is expected from its `first_year` to its `last_year`, seen or not; without a first year from its
first report on file on.
"""

from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from contracts.regions import regions_by_code

JURISDICTIONS_FOLDER = Path(__file__).parent


class JurisdictionError(ValueError):
    """A file contradicts itself or another one; the message names the file and what to change."""


class ExpectedBody(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A body that must report: full name, kind, years on which it reports, other names as printed."""

    name: str
    kind: Literal["government", "department"]
    region: str = ""
    first_year: int | None = None
    last_year: int | None = None
    printed: tuple[str, ...] = ()


class Jurisdiction(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A region and its bodies; a body without a region of its own belongs to this one."""

    region: str
    source: str
    bodies: tuple[ExpectedBody, ...]


def read_jurisdictions(folder: Path = JURISDICTIONS_FOLDER) -> dict[str, Jurisdiction]:
    """All jurisdictions by region code.

    Raises:
        JurisdictionError: a file is named after another region than its own, names an unknown region, lists a body
            that is listed already, or a name as printed means two bodies.
        msgspec.ValidationError: a file has an unknown key or a value of the wrong type.
    """
    found = {
        path.stem: msgspec.yaml.decode(path.read_bytes(), type=Jurisdiction) for path in sorted(folder.glob("*.yml"))
    }
    for code, jurisdiction in found.items():
        if jurisdiction.region != code:
            raise JurisdictionError(f"{code}.yml declares region {jurisdiction.region}: name the file after its region")
        unknown = {body.region or code for body in jurisdiction.bodies} - regions_by_code().keys()
        if unknown or code not in regions_by_code():
            raise JurisdictionError(
                f"{code}.yml names regions that regions.csv does not have: {sorted(unknown) or code}"
            )
    _check_listed_once(found)
    _names_as_printed(found)
    return found


def _check_listed_once(found: dict[str, Jurisdiction]) -> None:
    listed: dict[str, str] = {}
    for code, jurisdiction in found.items():
        for body in jurisdiction.bodies:
            if body.name in listed:
                raise JurisdictionError(
                    f"{code}.yml lists {body.name}, and so does {listed[body.name]}.yml: list it once"
                )
            listed[body.name] = code


@cache
def jurisdictions() -> dict[str, Jurisdiction]:
    """The project's jurisdictions, read once."""
    return read_jurisdictions()


@cache
def names_as_printed() -> dict[str, str]:
    """The full name of a body by each other name under which it is printed."""
    return _names_as_printed(jurisdictions())


def _names_as_printed(found: dict[str, Jurisdiction]) -> dict[str, str]:
    names: dict[str, str] = {}
    for code, jurisdiction in found.items():
        for body in jurisdiction.bodies:
            for printed in body.printed:
                if names.setdefault(printed, body.name) != body.name:
                    raise JurisdictionError(
                        f"{code}.yml: {printed} is printed for {body.name} and for {names[printed]}; leave it out, "
                        "the document must say which one it is"
                    )
    return names
