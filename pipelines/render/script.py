"""Scripts that a report can be printed in, all made from simplified characters."""

from functools import cache

from opencc import OpenCC

from pipelines.render.report import Script

# What careless converters make of one simplified character, whatever the word it stands in.
_OVER_CONVERTED = str.maketrans({"制": "製", "只": "隻", "面": "麵", "系": "係", "复": "複", "历": "曆"})
# Characters with two traditional forms, of which real pages use this one.
_USUAL_FORM = str.maketrans({"爲": "為", "祕": "秘", "臺": "台"})
# Words of the mainland which pages in Taiwan's vocabulary keep.
_KEPT_IN_TAIWAN = {"資訊": "信息", "資料": "數據", "釋出": "發布", "臺": "台"}
_HALF_WIDTH = str.maketrans("（），：；？！", "(),:;?!")


@cache
def _converter(configuration: str) -> OpenCC:
    return OpenCC(configuration)


def _convert(text: str, configuration: str) -> str:
    converted: str = _converter(configuration).convert(text)
    return converted


@cache
def _over_convert(character: str) -> str:
    changed = character.translate(_OVER_CONVERTED)
    return changed if changed != character else _convert(character, "s2t").translate(_USUAL_FORM)


def write_in_script(text: str, script: Script) -> str:
    """`text` (simplified) in `script`.

    `traditional` converts by words (OpenCC s2t), `over_converted` character by character with the wrong choices of
    real pages (製度, 隻計, 全麵), `taiwan` by words with Taiwan's vocabulary (檔案 for 文件).
    """
    if script == "simplified":
        return text
    if script == "traditional":
        return _convert(text, "s2t")
    if script == "over_converted":
        return "".join(map(_over_convert, text))
    converted = _convert(text, "s2twp")
    for word, kept in _KEPT_IN_TAIWAN.items():
        converted = converted.replace(word, kept)
    return converted


def write_half_width(text: str) -> str:
    """`text` with brackets, commas, colons and the like in ASCII width; `、`, `。` and quotes stay."""
    return text.translate(_HALF_WIDTH)
