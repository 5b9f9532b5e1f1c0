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

from msgspec import Struct

from contracts.declared import DeclarationError, convert_declared, declared_in, read_declared
from contracts.regions import regions_by_code

JURISDICTIONS_FOLDER = Path(__file__).parent


class JurisdictionError(DeclarationError):
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
            that is listed already or ends before it begins, or a name as printed means two bodies.
        DeclarationError: a file cannot be read, has an unknown key or a value of the wrong type.
    """
    found: dict[str, Jurisdiction] = {}
    listed: dict[str, str] = {}
    printed: dict[str, str] = {}
    for path in sorted(folder.glob("*.yml")):
        with declared_in(path):
            found[path.stem] = _read_jurisdiction(path, listed)
            _add_names_as_printed(found[path.stem], printed)
    return found


def _read_jurisdiction(path: Path, listed: dict[str, str]) -> Jurisdiction:
    """One file; `listed` has the bodies of all before it by the file that lists them, and gets its own."""
    code = path.stem
    jurisdiction = convert_declared(read_declared(path), Jurisdiction)
    if jurisdiction.region != code:
        raise JurisdictionError(f"it declares region {jurisdiction.region}: name the file after its region")
    unknown = {body.region or code for body in jurisdiction.bodies} - regions_by_code().keys()
    if unknown or code not in regions_by_code():
        raise JurisdictionError(
            f"it names regions that regions.csv does not have: {sorted(unknown) or code}; correct the codes"
        )
    for body in jurisdiction.bodies:
        if body.name in listed:
            again = " twice" if listed[body.name] == path.name else f", and so does {listed[body.name]}"
            raise JurisdictionError(f"it lists {body.name}{again}: list it once")
        if body.first_year and body.last_year and body.first_year > body.last_year:
            raise JurisdictionError(
                f"{body.name} reports from first_year {body.first_year} to last_year {body.last_year}: the last year "
                "must not be before the first; correct one"
            )
        listed[body.name] = path.name
    return jurisdiction


@cache
def jurisdictions() -> dict[str, Jurisdiction]:
    """The project's jurisdictions, read once."""
    return read_jurisdictions()


@cache
def names_as_printed() -> dict[str, str]:
    """The full name of a body by each other name under which it is printed."""
    names: dict[str, str] = {}
    for jurisdiction in jurisdictions().values():
        _add_names_as_printed(jurisdiction, names)
    return names


def _add_names_as_printed(jurisdiction: Jurisdiction, names: dict[str, str]) -> None:
    for body in jurisdiction.bodies:
        for printed in body.printed:
            if names.setdefault(printed, body.name) != body.name:
                raise JurisdictionError(
                    f"{printed} is printed for {body.name} and for {names[printed]}; leave it out, the document must "
                    "say which one it is"
                )
