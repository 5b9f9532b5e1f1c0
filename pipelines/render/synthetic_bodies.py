"""Bodies that synthetic reports come from: governments and their departments in invented places."""

from collections.abc import Iterator

from msgspec import Struct

# Invented names, so that no figure can be mistaken for one of a real body. Codes 99xxxx are no real divisions.
_CITIES = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
_COUNTIES = "东南西北中上下左右前后内外新旧大小长高平安宁"
_DEPARTMENTS = (
    "教育局",
    "公安局",
    "民政局",
    "司法局",
    "财政局",
    "人力资源和社会保障局",
    "自然资源局",
    "生态环境局",
    "住房和城乡建设局",
    "交通运输局",
    "水利局",
    "农业农村局",
    "商务局",
    "文化和旅游局",
    "卫生健康局",
    "应急管理局",
    "审计局",
    "市场监督管理局",
    "统计局",
    "医疗保障局",
    "城市管理局",
    "发展和改革局",
    "科学技术局",
    "退役军人事务局",
)


class Body(Struct, frozen=True):
    """One body that reports every year; a government's report is consolidated, a department's its own."""

    name: str
    region_code: str
    is_government: bool


def list_bodies() -> Iterator[Body]:
    """Bodies without end: in each county its government, then its departments; then the same with numbered towns."""
    counties = [
        (f"{city}例市{county}例县", f"99{first:02d}{second:02d}")
        for first, city in enumerate(_CITIES, start=1)
        for second, county in enumerate(_COUNTIES, start=21)
    ]
    for county, code in counties:
        yield Body(f"{county}人民政府", code, is_government=True)
        for department in _DEPARTMENTS:
            yield Body(county + department, code, is_government=False)
    number = 0
    while True:
        number += 1
        for county, code in counties:
            yield Body(f"{county}第{number}街道办事处", code, is_government=False)
