"""Places in Chinese text: the declared regions by any of their names, and misread names put right.

The names stand in dictionaries, so that a look-up costs the same for three thousand regions as for seventy.
"""

import re
from collections.abc import Sequence
from functools import cache

from msgspec import Struct

from contracts.regions import Region, region_of_code, regions

_PEOPLES = (
    "蒙古族?|哈萨克族?|柯尔克孜族?|锡伯族?|塔吉克族?|维吾尔族?|土家族|布依族|哈尼族|傈僳族|拉祜族|纳西族|景颇族|达斡尔族"
    "|仫佬族|毛南族|仡佬族|东乡族|保安族|撒拉族|裕固族|布朗族|独龙族|普米族|朝鲜族|各族|[壮回满苗彝藏侗瑶白傣畲黎佤水羌怒土]族"
)
_AUTONOMOUS = re.compile(rf"^(?P<stem>.{{2,}}?)(?:{_PEOPLES})*自治(?P<kind>[州县旗区])$")
_SUFFIX = re.compile("[省市区县旗州盟]")
_IN_PROSE = frozenset(("城区", "郊区", "矿区", "老城区", "新城区", "城中区"))  # also plain words
# Characters that recognition of print and hasty typing take for each other.
_LOOKALIKES = (
    *("沭沐沫", "末未", "已己巳", "戊戌戍", "候侯", "干千于", "土士", "祟崇", "拱供", "萧肖", "杭抗航", "盱吁", "眙贻"),
    *("汨泪", "泗洄", "兖衮充", "亳毫", "荥荣", "邳坯", "邗邢", "涪培", "日曰", "漳障", "睢雎", "滦栾", "郫鄙", "汶纹"),
)
_ALIKE = {character: frozenset(group) for group in _LOOKALIKES for character in group}
MUNICIPALITIES = frozenset(("110000", "120000", "310000", "500000"))


class Place(Struct, frozen=True):
    """A region's name in a text: where it begins, the name, and the regions that bear it."""

    position: int
    name: str
    regions: tuple[Region, ...]


def _names_of(region: Region) -> tuple[str, ...]:
    """The official name; for an autonomous region, prefecture or county also the usual short one."""
    autonomous = _AUTONOMOUS.match(region.name_zh)
    if autonomous is None:
        return (region.name_zh,)
    kind = "" if autonomous["kind"] == "区" else autonomous["kind"]
    return (region.name_zh, autonomous["stem"] + kind)


@cache
def _by_name() -> dict[str, tuple[Region, ...]]:
    named: dict[str, list[Region]] = {}
    for region in regions():
        for name in _names_of(region):
            named.setdefault(name, []).append(region)
    return {name: tuple(found) for name, found in named.items()}


@cache
def _lengths() -> tuple[int, ...]:
    return tuple(sorted({len(name) for name in _by_name()}, reverse=True))


@cache
def _with_a_gap() -> dict[str, tuple[str, ...]]:
    """Official names of three characters and more by the same name with one character left open."""
    gaps: dict[str, set[str]] = {}
    for region in regions():
        name = region.name_zh
        for place in range(len(name) - 1 if len(name) > 2 else 0):
            gaps.setdefault(f"{name[:place]}?{name[place + 1 :]}", set()).add(name)
    return {gap: tuple(sorted(names)) for gap, names in gaps.items()}


@cache
def _by_english() -> dict[str, tuple[Region, ...]]:
    spelt: dict[str, list[Region]] = {}
    for region in regions():
        if region.name_en:
            spelt.setdefault(region.name_en.lower().replace("'", "").replace(" ", ""), []).append(region)
    return {name: tuple(found) for name, found in spelt.items()}


def ancestors(region: Region) -> tuple[str, ...]:
    """The codes of the regions above, the nearest first."""
    parent = region_of_code(region.parent_code, region.valid_to) if region.parent_code else None
    return (parent.code, *ancestors(parent)) if parent else ()


def is_known(name: str) -> bool:
    """Whether any region has or had this name."""
    return name in _by_name()


def regions_called(name: str, year: int | None, within: Region | None = None) -> tuple[Region, ...]:
    """The regions of a name in a year; where the name is a year off or long gone, those that last bore it.

    Args:
        name: an official or a short name.
        year: the report's year, None if unknown.
        within: only regions below this one.
    """
    named = [
        region
        for region in _by_name().get(name, ())
        if within is None or within.code in (region.code, *ancestors(region))
    ]
    years = (year,) if year is None else (year, year - 1, year + 1, None)
    for tried in years:
        valid = {region.code: region for region in named if region.is_valid_in(tried)}
        if valid:
            return tuple(valid.values())
    latest = max((region.valid_to or 0 for region in named), default=0)
    return tuple(region for region in named if region.valid_to == latest)


def leading_place(text: str, position: int, year: int | None, within: Region | None) -> Place | None:
    """The longest name of a region, below `within` if given, that begins at `position`."""
    for length in _lengths():
        name = text[position : position + length]
        if len(name) == length and name in _by_name():
            found = regions_called(name, year, within)
            if found:
                return Place(position, name, found)
    return None


def places_in(text: str, year: int | None) -> list[Place]:
    """Every place that a text names, in order; words that are also names of regions are left out."""
    names, lengths, found = _by_name(), _lengths(), []
    for match in _SUFFIX.finditer(text):
        end = match.end()
        for length in lengths:
            name = text[end - length : end] if end >= length else ""
            if name in names and name not in _IN_PROSE:
                found.append(Place(end - length, name, regions_called(name, year)))
                break
    return found


def place_of_host(host: str, year: int | None) -> Region | None:
    """The one region whose English name is a label of a host's name (`www.pingtan.gov.cn`), if there is one."""
    found = {
        region.code: region
        for label in host.lower().split(".")
        for region in _by_english().get(label, ())
        if region.is_valid_in(year)
    }
    return next(iter(found.values())) if len(found) == 1 else None


def _near_names(name: str) -> list[tuple[str, bool]]:
    """Official names that differ from a name in one character, and whether the two characters look alike."""
    near: list[tuple[str, bool]] = []
    for place in range(len(name) - 1):
        for other in _with_a_gap().get(f"{name[:place]}?{name[place + 1 :]}", ()):
            near.append((other, other[place] in _ALIKE.get(name[place], ())))
    return near


def misread_region(name: str, year: int | None, within: Region | None, printed_names: Sequence[str]) -> Region | None:
    """The one region that a misread name means; None if no region or more than one is near.

    A name is misread if no region has or ever had it. It means a region whose name differs in one character: below
    the region printed before it; else one that the text names elsewhere; else one whose character looks alike.

    Args:
        name: the name as printed, folded.
        year: the report's year.
        within: the region printed before the name.
        printed_names: the names of places in the text.
    """
    if is_known(name):
        return None
    near = _near_names(name)
    if within is not None:
        tiers = [[other for other, _ in near]]
    else:
        tiers = [[other for other, _ in near if other in printed_names], [other for other, alike in near if alike]]
    for names in tiers:
        found = {region.code: region for other in names for region in regions_called(other, year, within)}
        if found:
            return next(iter(found.values())) if len(found) == 1 else None
    return None
