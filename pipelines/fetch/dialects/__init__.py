"""The dialects of government pages: where the text of a report stands, and what a page says of itself.

Each dialect is one YAML file beside this module; a new one needs no code. Places are named as `#id` or `.class`.
What holds for pages of any dialect stands in `any.yml`, which is also the dialect of pages that no other recognises.
"""

import re
from functools import cache
from pathlib import Path

from msgspec import Struct

from contracts.declared import convert_declared, declared_in, read_declared

FOLDER = Path(__file__).parent
ANY = "any"
_PLACE = re.compile(r"[#.][\w-]+")
_PARTS_GROUPS = {"total", "stem", "ending"}


class Dialect(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of page.

    `signs` are places of which one tells the dialect; `main` those where the text stands, the first one counts;
    `attachments` those of files beside it. `meta` and `labels` name, by what they say (title, published, publisher,
    index_number), the `<meta>` names and the labels of an index block. `downloads` are parts of the addresses of files
    that do not end like one. `parts` finds the call that names the further parts of a text: groups total, stem, ending.
    """

    describes: str
    signs: list[str] = []
    main: list[str] = []
    attachments: list[str] = []
    meta: dict[str, list[str]] = {}
    labels: dict[str, list[str]] = {}
    downloads: list[str] = []
    file_endings: list[str] = []
    report_words: list[str] = []
    parts: str = ""

    def __post_init__(self) -> None:
        """Refuse places and patterns that cannot be meant."""
        wrong = [place for place in (*self.signs, *self.main, *self.attachments) if not _PLACE.fullmatch(place)]
        if wrong:
            raise ValueError(f"places are `#id` or `.class`, not {', '.join(wrong)}")
        if self.parts and set(re.compile(self.parts).groupindex) != _PARTS_GROUPS:
            raise ValueError(f"`parts` needs the groups {', '.join(sorted(_PARTS_GROUPS))}")


@cache
def dialects() -> dict[str, Dialect]:
    """All dialects by name, in the order in which they are tried: by name, and `any` last.

    Raises:
        DeclarationError: a file is no dialect.
    """
    return read_dialects(FOLDER)


def read_dialects(folder: Path) -> dict[str, Dialect]:
    """The dialects of a folder; it raises as :func:`dialects` does."""
    found: dict[str, Dialect] = {}
    for path in sorted(folder.glob("*.yml"), key=lambda path: (path.stem == ANY, path.stem)):
        with declared_in(path):
            found[path.stem] = convert_declared(read_declared(path), Dialect)
    return found


def dialect_names() -> tuple[str, ...]:
    """The names that a list may use."""
    return tuple(dialects())
