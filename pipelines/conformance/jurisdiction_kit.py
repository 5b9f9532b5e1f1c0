"""The conformance kit of a jurisdiction: a report of one of its bodies, and who must be found to have reported.

A kit is one YAML file, `conformance/jurisdictions/<code>.yml`, beside the jurisdiction's data in
`contracts/jurisdictions/<code>.yml`. It is complete when the data name their source and at least one department, every
name of a body is read as that body, and the sample's title is read as the body, region and year that it states.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from contracts.jurisdictions import JURISDICTIONS_FOLDER, ExpectedBody, Jurisdiction, jurisdictions
from contracts.regions import regions_by_code
from pipelines.extract.authority import read_identity
from pipelines.extract.readers.media_types import detect_media_type
from pipelines.extract.readers.registry import read_pieces
from pipelines.render.document import render
from pipelines.render.report import RenderedReport

JURISDICTION_KITS = Path("conformance") / "jurisdictions"
CODE_LENGTH = 6
_KIT = """\
# Conformance kit of jurisdiction {code}: `gongkai conformance` says what is missing.
# title: the title of a real report of one of its bodies; body, region and year: what it must be read as.
title: ""
body: ""
region: ""
year: 0
"""
_DATA = """\
# Bodies of {name} that must publish a report. Governments follow from contracts/regions; list departments, and under
# `printed` names that reports print instead of the full one: {{name: ..., kind: department, printed: [...]}}. With
# `first_year: 2021` the coverage misses its reports from then on, also if none was ever seen; `last_year` ends that.
region: "{code}"
source: ""  # the list that the bodies were taken from
bodies: []
"""


class JurisdictionKit(Struct, frozen=True, forbid_unknown_fields=True):
    """One kit."""

    title: str
    body: str
    region: str
    year: int


def full_code(code: str) -> str:
    """A region's code in six digits: `3302` is `330200`.

    Raises:
        KeyError: there is no such region.
    """
    padded = code.ljust(CODE_LENGTH, "0")
    if padded not in regions_by_code():
        raise KeyError(f"There is no region {code}. Name a code of GB/T 2260, e.g. 33, 3302 or 330110.")
    return padded


def kit_path(code: str, root: Path) -> Path:
    """Where a jurisdiction's kit lies."""
    return root / JURISDICTION_KITS / f"{code}.yml"


def scaffold_jurisdiction(code: str, root: Path) -> list[Path]:
    """Write the data file of a jurisdiction and its empty kit.

    Raises:
        FileExistsError: the jurisdiction is there already.
        KeyError: there is no such region.
    """
    region = full_code(code)
    data, kit = root / "contracts" / JURISDICTIONS_FOLDER.name / f"{region}.yml", kit_path(region, root)
    for path in (data, kit):
        if path.exists():
            raise FileExistsError(f"{path} is there already; edit it, or name another region.")
    kit.parent.mkdir(parents=True, exist_ok=True)
    data.write_text(_DATA.format(code=region, name=regions_by_code()[region][-1].name_zh), encoding="utf-8")
    kit.write_text(_KIT.format(code=region), encoding="utf-8")
    return [data, kit]


def find_gaps(path: Path) -> Iterator[str]:
    """What a kit and its jurisdiction lack, one sentence each.

    Raises:
        msgspec.ValidationError: the kit has an unknown key or a value of the wrong type.
    """
    kit = msgspec.yaml.decode(path.read_bytes(), type=JurisdictionKit)
    jurisdiction = jurisdictions().get(path.stem)
    if jurisdiction is None:
        yield f"there is no contracts/jurisdictions/{path.stem}.yml: list its bodies there"
        return
    if not jurisdiction.source:
        yield f"contracts/jurisdictions/{path.stem}.yml names no source: say which list the bodies were taken from"
    if not any(body.kind == "department" for body in jurisdiction.bodies):
        yield f"contracts/jurisdictions/{path.stem}.yml lists no department: list those that must report"
    yield from _misread_names(jurisdiction)
    if not (kit.title and kit.body and kit.region and kit.year):
        yield "the sample is empty: give the title of a real report, and the body, region and year it must be read as"
    else:
        yield from _misread_title(kit)


def _read_title(title: str) -> tuple[str | None, str | None, int | None]:
    content = render(RenderedReport(authority="", year=0, title=(title,)), "html", "simplified")
    found = read_identity(read_pieces(content, detect_media_type(content, "report.html")), "report.html")
    return found.authority.normalised, found.region_code, found.year


def _misread_names(jurisdiction: Jurisdiction) -> Iterator[str]:
    for body in jurisdiction.bodies:
        year = body.last_year or body.first_year or 2023
        for printed in (body.name, *body.printed):
            name, region, _ = _read_title(f"{printed}{year}年政府信息公开工作年度报告")
            wanted = body.region or jurisdiction.region
            if (name, region) != (body.name, wanted):
                found = f"{printed} is read as {name} of {region}, not as {body.name} of {wanted}"
                yield f"{found}: {_remedy(body, printed)}"


def _remedy(body: ExpectedBody, printed: str) -> str:
    if printed == body.name:
        return "give the full name with its region, and the body's own region"
    return "leave it out if other bodies are called so, too"


def _misread_title(kit: JurisdictionKit) -> Iterator[str]:
    name, region, year = _read_title(kit.title)
    if (name, region, year) != (kit.body, kit.region, kit.year):
        wanted = f"{kit.body} of {kit.region} on {kit.year}"
        yield f"the sample's title is read as {name} of {region} on {year}, not as {wanted}"
