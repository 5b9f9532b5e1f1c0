"""Which place a document is about, where a body's name alone does not say it."""

from functools import cached_property

from msgspec import Struct

from contracts.regions import Region
from pipelines.extract.place_names import Place, ancestors, place_of_host, places_in

_GENERIC_LEVELS = {
    "省": ("province",),
    "市": ("province", "prefecture", "county"),
    **dict.fromkeys("州盟", ("prefecture",)),
    **dict.fromkeys("区县旗", ("county",)),
}
_DOMINANCE = 3  # a place that the text names so many times more often than any other is the body's own


class Context:
    """What a document says of the place its body is in: its text, its year and the host it was fetched from."""

    def __init__(self, text: str, year: int | None, host: str = "") -> None:
        """Keep what the document says; nothing is searched before it is asked for.

        Args:
            text: the beginning of the report, folded.
            year: the report's year, because districts came and went.
            host: the host that the report was fetched from; empty if unknown.
        """
        self.text = text
        self.year = year
        self._host = host

    @cached_property
    def places(self) -> list[Place]:
        """The places that the text names."""
        return places_in(self.text, self.year)

    @cached_property
    def codes(self) -> dict[str, str]:
        """The codes of the regions that the text names for certain, with the names."""
        return {place.regions[0].code: place.name for place in self.places if len(place.regions) == 1}

    @cached_property
    def site(self) -> Region | None:
        """The region that the host is named after, whatever the text says."""
        return place_of_host(self._host, self.year) if self._host else None

    @cached_property
    def host(self) -> Region | None:
        """The region that the host is named after, if the text names it too."""
        return self.site if self.site and self.site.name_zh[:2] in self.text else None


def _witness(region: Region, context: Context, depth: int) -> str:
    """What the document prints of the region above, `depth` levels up, or the host named after either; else empty."""
    above = ancestors(region)
    code = above[depth] if depth < len(above) else ""
    is_host = context.host is not None and context.host.code in (region.code, code)
    return context.codes.get(code, "") or (context.host.name_en if is_host and context.host else "")


def choose_region(place: Place, context: Context) -> tuple[Region, str] | None:
    """Which of several regions of one name is meant: the one whose city, or else province, the document names.

    None if the document names those of several, or a city of one and the province of another.
    """
    by_city = [region for region in place.regions if _witness(region, context, 0)]
    by_province = [region for region in place.regions if _witness(region, context, 1)]
    if not by_city:
        return (by_province[0], _witness(by_province[0], context, 1)) if len(by_province) == 1 else None
    chosen = by_city[0]
    elsewhere = [region for region in by_province if ancestors(region)[-1] != ancestors(chosen)[-1]]
    return (chosen, _witness(chosen, context, 0)) if len(by_city) == 1 and not elsewhere else None


class _Mentions(Struct):
    """The places of one kind that a text names: how often, and which of them with the words that follow."""

    regions: dict[str, Region]
    counts: dict[str, int]
    followed: dict[str, str]  # by the rest of the body's name
    governed: set[str]  # by the word government

    def commonest(self) -> Region | None:
        """The place that is named alone, twice or as a government, or far more often than any other."""
        ranked = sorted(self.counts, key=lambda code: self.counts[code], reverse=True)
        if not ranked:
            return None
        if len(ranked) == 1:
            is_sure = self.counts[ranked[0]] > 1 or ranked[0] in self.governed
        else:
            is_sure = self.counts[ranked[0]] >= _DOMINANCE * self.counts[ranked[1]]
        return self.regions[ranked[0]] if is_sure else None


def _mentions(generic: str, rests: tuple[str, ...], context: Context) -> _Mentions:
    levels, found = _GENERIC_LEVELS[generic], _Mentions({}, {}, {}, set())
    for place in context.places:
        region = place.regions[0]
        if len(place.regions) > 1 or not place.name.endswith(generic) or region.level not in levels:
            continue
        found.regions[region.code] = region
        found.counts[region.code] = found.counts.get(region.code, 0) + 1
        end = place.position + len(place.name)
        following = context.text[end : end + 32]
        if following.startswith(rests):
            found.followed[region.code] = place.name + rests[0]
        if following.startswith(("人民政府", "政府")):
            found.governed.add(region.code)
    return found


def region_meant(generic: str, rests: tuple[str, ...], context: Context) -> tuple[Region, str] | None:
    """The region that `市`, `区` or `县` alone means.

    It is the one which the text prints with one of `rests`, the spellings of the rest of the body's name; else the one
    of its kind that the text is about; else the one that the host is named after.
    """
    found, host = _mentions(generic, rests, context), context.host
    if found.followed:
        code, quote = next(iter(found.followed.items()))
        return (found.regions[code], quote) if len(found.followed) == 1 else None
    region = found.commonest()
    if region is not None:
        return region, region.name_zh
    is_host = host is not None and host.level in _GENERIC_LEVELS[generic] and host.name_zh.endswith(generic)
    return (host, host.name_en) if host is not None and is_host else None
