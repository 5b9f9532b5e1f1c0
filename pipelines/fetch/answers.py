"""What asking for an address can end in: one closed list, so that every address of a list has its row."""

from typing import Literal

from msgspec import Struct

Status = Literal[
    "fetched",
    "not_modified",
    "shell_page",
    "refused_url",
    "refused_by_robots",
    "blocked_address",
    "bad_redirect",
    "wrong_type",
    "too_large",
    "truncated",
    "empty",
    "bad_response",
    "http_error",
    "timeout",
    "unreachable",
]
GOOD: frozenset[Status] = frozenset({"fetched", "not_modified"})
_MAY_PASS: frozenset[Status] = frozenset({"truncated", "timeout", "unreachable"})
_PASSING_ERRORS = frozenset({408, 425, 429, 500, 502, 503, 504})


class Answer(Struct, frozen=True, kw_only=True):
    """How an address answered; `content` is unpacked, `retry_after` in seconds, `headers` in lower case."""

    status: Status
    final_url: str
    detail: str = ""
    http_status: int | None = None
    redirects: tuple[str, ...] = ()
    headers: dict[str, str] = {}
    content: bytes = b""
    retry_after: float = 0
    attempts: int = 1

    @property
    def may_pass(self) -> bool:
        """Whether another attempt can end otherwise."""
        return self.status in _MAY_PASS or (self.status == "http_error" and self.http_status in _PASSING_ERRORS)


class Row(Struct, frozen=True, kw_only=True):
    """What became of one address: of a line of the list, or of an attachment or part of a page (`part_of`).

    `sha256`, `bytes` and `media_type` name what was archived; `year`, `authority` and `dialect` are as the list says,
    the dialect as recognised where the list says none.
    """

    url: str
    status: Status
    at: str
    detail: str = ""
    http_status: int | None = None
    final_url: str = ""
    redirects: tuple[str, ...] = ()
    attempts: int = 0
    sha256: str = ""
    bytes: int | None = None
    media_type: str = ""
    part_of: str = ""
    authority: str = ""
    year: int | None = None
    source_tier: int
    dialect: str = ""
