"""Names of public bodies: short names written out, districts with their city, and the region a name begins with."""

import re
from typing import Literal

from msgspec import Struct

from contracts.jurisdictions import names_as_printed
from contracts.regions import Region, region_of_code
from pipelines.extract.place_context import Context, choose_region, region_meant
from pipelines.extract.place_names import MUNICIPALITIES, is_known, leading_place, misread_region

_SHORT_NAMES = {
    "发改委": "发展和改革委员会",
    "发展改革委": "发展和改革委员会",
    "发改局": "发展和改革局",
    "经信委": "经济和信息化委员会",
    "经信局": "经济和信息化局",
    "工信局": "工业和信息化局",
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
    "行署": "行政公署",
}
_GOVERNMENT = re.compile(r"(?<!人民)政府(?=$|办公厅$|办公室$)")
_REGION = re.compile(r"[一-鿿]{2,8}?(?:特别行政区|自治区|自治州|自治县|省|市|地区|州|盟|县|旗|区)")
_GENERIC = re.compile(r"(省|市|州|区|县|旗|盟)(?=[一-鿿])")
_PEOPLES_GOVERNMENT, _COMMISSION = "人民政府", "行政公署"  # the latter governs a 地区 or a 盟
_ZONE = re.compile(r"(?:实验区|开发区|新区|景区|名胜区|示范区|合作区|园区|保税区|度假区|高新区|集聚区|管理区)")
_ZONE_ADMINISTRATION = re.compile(rf"(?:综合实验区|开发区|新区|{_ZONE.pattern}(?:管委会|管理委员会))$")
_GENERAL_OFFICE = re.compile(r"(?:人民政府|行政公署|管委会|管理委员会)(?:办公厅|办公室)$|(?:实验区|开发区|新区)$")
_ORGAN = re.compile(r"^[一-鿿]{0,14}(?:厅|政府|委员会)$")


class Body(Struct, frozen=True):
    """A public body: its full name and the region that the name begins with; None if that one is not declared.

    `basis` says how the region was known: `named` in the body's name, from the `context` of the document, or from a
    `misread` name; `quote` is what decided it.
    """

    name: str
    region: Region | None
    basis: Literal["named", "context", "misread"] = "named"
    quote: str = ""

    @property
    def governs(self) -> bool:
        """Whether it is a government of a region with bodies below it, whose report consolidates theirs."""
        for organ in (_PEOPLES_GOVERNMENT, _COMMISSION):
            if self.name.endswith(organ):
                place = self.name.removesuffix(organ)
                return bool(self.region and place.endswith(self.region.name_zh)) or (
                    self.region is None and not place.endswith(("乡", "镇", "街道"))
                )
        return bool(_ZONE_ADMINISTRATION.search(self.name))

    @property
    def is_general_office(self) -> bool:
        """Whether it is the office of a government, which may report for the government's whole region."""
        return bool(_GENERAL_OFFICE.search(self.name))


def written_out(name: str) -> str:
    """A body's name with its usual abbreviation written out."""
    for short, full in _SHORT_NAMES.items():
        if name.endswith(short) and not name.endswith(full):
            return name.removesuffix(short) + full
    return _GOVERNMENT.sub("人民政府", name)


class _Leading(Struct):
    """The regions at the beginning of a name, from the largest to the smallest, and where they end."""

    regions: list[Region]
    end: int
    basis: Literal["named", "context", "misread"] = "named"
    quote: str = ""
    undecided: bool = False


def _leading_regions(name: str, context: Context) -> _Leading:
    found = _Leading([], 0)
    while len(found.regions) < 3:
        within = found.regions[-1] if found.regions else None
        place = leading_place(name, found.end, context.year, within)
        if place is None or (within is not None and within in place.regions):
            break
        chosen = place.regions[0]
        if len(place.regions) > 1:
            decided = choose_region(place, context)
            if decided is None:
                found.undecided = True
                break
            chosen, found.quote = decided
            found.basis = "context"
        found.regions.append(chosen)
        found.end = place.position + len(place.name)
    return found if found.undecided else _with_misread(name, found, context)


def _with_misread(name: str, found: _Leading, context: Context) -> _Leading:
    """The regions, and one more if a misread name follows them."""
    token = _REGION.match(name, found.end)
    if token is None or _ZONE.search(token[0]):
        return found
    within = found.regions[-1] if found.regions else None
    region = misread_region(token[0], context.year, within, [place.name for place in context.places])
    if region is None:
        return found
    return _Leading([*found.regions, region], token.end(), "misread", token[0])


def body_of(printed: str, context: Context) -> Body | None:
    """The full name of a body and its region; None if the document does not decide which body it is.

    Args:
        printed: the name as printed, folded.
        context: the document, for what the name leaves out.
    """
    name = names_as_printed().get(printed) or written_out(printed)
    leading = _leading_regions(name, context)
    generic = None if leading.regions or leading.undecided else _GENERIC.match(name)
    if generic:
        meant = region_meant(generic[1], (name[1:], printed[1:]), context)
        return None if meant is None else _body(_Leading([meant[0]], 1, "context", meant[1]), name)
    if leading.undecided and not leading.regions:
        return None
    if not leading.regions:
        return _undeclared(name)
    return _body(leading, name)


def _body(leading: _Leading, name: str) -> Body | None:
    deepest, rest = leading.regions[-1], name[leading.end :]
    is_short = deepest.level == "province" and not name[: leading.end].endswith(("省", "市", "区"))
    if rest in ("人民", "政府") or (is_short and not _ORGAN.match(rest)):
        return None
    unknown = _REGION.match(rest)
    if leading.undecided or (unknown and not _ZONE.search(unknown[0]) and not is_known(unknown[0])):
        return None
    if unknown:
        return Body(name, None)
    return Body(_full_name(deepest) + (rest or _government_of(deepest)), deepest, leading.basis, leading.quote)


def _government_of(region: Region) -> str:
    return _COMMISSION if region.name_zh.endswith(("地区", "盟")) else _PEOPLES_GOVERNMENT


def _full_name(region: Region) -> str:
    """A region without the province above a city, and with the city above a district."""
    if region.level != "county" or not region.name_zh.endswith("区"):
        return region.name_zh
    parent = region_of_code(region.parent_code, region.valid_to)
    has_city = parent is not None and (parent.level == "prefecture" or parent.code in MUNICIPALITIES)
    return parent.name_zh + region.name_zh if parent is not None and has_city else region.name_zh


def _undeclared(name: str) -> Body | None:
    """A body of a development zone, which has no code of its own: its name stands as printed."""
    region = _REGION.match(name)
    return Body(name, None) if region and _ZONE.search(region[0]) else None
