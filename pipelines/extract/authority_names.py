"""Names of public bodies: short names written out, districts with their city, and the region a name begins with."""

import re

from msgspec import Struct

from contracts.regions import Region, find_region, region_of_code, regions_by_name

_SHORT_NAMES = {
    "发改委": "发展和改革委员会",
    "发展改革委": "发展和改革委员会",
    "发改局": "发展和改革局",
    "经信委": "经济和信息化委员会",
    "经信局": "经济和信息化局",
    "人社局": "人力资源和社会保障局",
    "住建局": "住房和城乡建设局",
    "建委": "城乡建设委员会",
    "卫健委": "卫生健康委员会",
    "卫健局": "卫生健康局",
    "国资委": "国有资产监督管理委员会",
    "市场监管局": "市场监督管理局",
    "综合执法局": "综合行政执法局",
    "城管局": "城市管理局",
    "应急局": "应急管理局",
    "医保局": "医疗保障局",
    "科技局": "科学技术局",
    "交通局": "交通运输局",
    "府办": "人民政府办公室",
}
_MISPRINTS = {"沐阳": "沭阳"}  # printed so in real reports
_SHARED_NAMES = {"西湖区"}  # districts of several cities bear it: the text must name the city or the province
_GOVERNMENT = re.compile(r"(?<!人民)政府(?=$|办公厅$|办公室$)")
_REGION = re.compile(r"[一-鿿]{2,8}?(?:特别行政区|自治区|自治州|自治县|省|市|地区|州|盟|县|旗|区)")
_NOT_PLAIN_DISTRICT = re.compile(r"(?:实验区|开发区|新区|自治区|风景区|示范区|合作区|园区|保税区|地区|行政区)$")
_GENERIC = re.compile(r"(市|区|县)(?=[一-鿿])")
_PEOPLES_GOVERNMENT = "人民政府"
_ZONE = r"(?:实验区|开发区|新区|景区|名胜区|示范区|合作区|园区|保税区|度假区|高新区|集聚区)"
_ZONE_ADMINISTRATION = re.compile(rf"(?:综合实验区|开发区|新区|{_ZONE}(?:管委会|管理委员会))$")


class Body(Struct, frozen=True):
    """A public body: its full name and the region that the name begins with; None if that one is not declared."""

    name: str
    region: Region | None

    @property
    def governs(self) -> bool:
        """Whether it is a government of a region with bodies below it, whose report consolidates theirs."""
        if not self.name.endswith(_PEOPLES_GOVERNMENT):
            return bool(_ZONE_ADMINISTRATION.search(self.name))
        place = self.name.removesuffix(_PEOPLES_GOVERNMENT)
        return place.endswith(self.region.name_zh) if self.region else not place.endswith(("乡", "镇", "街道"))


def _written_out(name: str) -> str:
    for misprint, correct in _MISPRINTS.items():
        name = name.replace(misprint, correct)
    for short, full in _SHORT_NAMES.items():
        if name.endswith(short) and not name.endswith(full):
            return name.removesuffix(short) + full
    return _GOVERNMENT.sub("人民政府", name)


def _leading_regions(name: str, year: int | None) -> tuple[list[Region], int]:
    """Declared regions at the beginning of a name, from the largest to the smallest, and where they end."""
    found: list[Region] = []
    position = 0
    while match := _REGION.match(name, position):
        region = find_region(match[0], year) or find_region(match[0], None)
        if region is None or (found and found[-1].code not in _ancestors(region)):
            break
        found.append(region)
        position = match.end()
    return found, position


def _ancestors(region: Region) -> tuple[str, ...]:
    parent = region_of_code(region.parent_code, None) if region.parent_code else None
    return (parent.code, parent.parent_code) if parent else ()


def _is_district(region: Region) -> bool:
    return region.level == "county" and region.name_zh.endswith("区")


def _has_evidence(region: Region, text: str) -> bool:
    """Whether the text names the region's city or province, so that a name borne by several is decided."""
    codes = [code for code in _ancestors(region) if code]
    parents = [parent for code in codes if (parent := region_of_code(code, None)) is not None]
    return any(parent.name_zh[:2] in text for parent in parents)


def _region_in_text(generic: str, text: str, year: int | None) -> Region | None:
    """The region that `市`, `区` or `县` alone means: the one of that level which the text names most."""
    level = "prefecture" if generic == "市" else "county"
    counts: dict[str, int] = {}
    for name, named in regions_by_name().items():
        if name.endswith(generic) and named[0].level == level and name in text:
            counts[name] = text.count(name)
    ranked = sorted(counts, key=lambda name: counts[name], reverse=True)
    if not ranked or (len(ranked) > 1 and counts[ranked[0]] == counts[ranked[1]]):
        return None
    return find_region(ranked[0], year)


def normalise_body(printed: str, text: str, year: int | None) -> Body | None:
    """The full name of a body and its region; None if the text does not decide which body it is.

    Args:
        printed: the name as printed, folded.
        text: the beginning of the report, folded, for what the name leaves out.
        year: the report's year, because districts came and went.
    """
    name = _written_out(printed)
    generic = _GENERIC.match(name)
    if generic:
        region = _region_in_text(generic[1], text, year)
        return None if region is None else normalise_body(region.name_zh + name[1:], text, year)
    regions, end = _leading_regions(name, year)
    rest = name[end:]
    if not regions:
        return _unlisted(name)
    deepest = regions[-1]
    if deepest.name_zh in _SHARED_NAMES and len(regions) == 1 and not _has_evidence(deepest, text):
        return None
    if _REGION.match(rest):
        return Body(name, None)
    if rest in ("人民", "政府"):
        return None
    return Body(_with_city(regions) + (rest or _PEOPLES_GOVERNMENT), deepest)


def _with_city(regions: list[Region]) -> str:
    """The printed regions without the province above a city, and with the city above a district."""
    deepest = regions[-1]
    if _is_district(deepest):
        parent = region_of_code(deepest.parent_code, None)
        city = parent.name_zh if parent is not None and parent.level == "prefecture" else ""
        return city + deepest.name_zh
    return deepest.name_zh


def _unlisted(name: str) -> Body | None:
    """A body of a region that is not declared: its name stands if it is complete as printed."""
    region = _REGION.match(name)
    if region is None:
        return None
    is_district = region[0].endswith("区") and not _NOT_PLAIN_DISTRICT.search(region[0])
    return None if is_district and "市" not in region[0] else Body(name, None)
