"""How politely and how much is fetched: the only place that knows these limits and the variables that change them.

| variable | default | what |
|---|---|---|
| `GONGKAI_FETCH_DELAY_SECONDS` | 2 | between two requests to one host; robots.txt may ask for more, up to 60 |
| `GONGKAI_FETCH_HOSTS` | 4 | hosts asked at the same time, each by one connection |
| `GONGKAI_FETCH_SECONDS` | 120 | for one answer from the first byte sent to the last one read, redirects included |
| `GONGKAI_FETCH_ATTEMPTS` | 4 | at one address, where another attempt may pass |
| `GONGKAI_FETCH_MB` | 50 | of one answer, packed and unpacked |
| `GONGKAI_FETCH_CONTACT` | none | an address or page of yours, which the user agent names |
| `GONGKAI_FETCH_ALLOWED_HOSTS` | none | hosts (`host` or `host:port`) to which the guard does not apply |
"""

import os
from collections.abc import Mapping
from importlib.metadata import version

from msgspec import Struct

from pipelines.limits import MEGABYTE, read_setting

CONTACT = "GONGKAI_FETCH_CONTACT"
ROBOTS_NAME = "gongkai"


class FetchSettings(Struct, frozen=True, kw_only=True):
    """Limits of fetching; seconds, bytes and counts."""

    delay_seconds: float = 2
    longest_delay_seconds: float = 60
    hosts: int = 4
    connect_seconds: float = 15
    read_seconds: float = 30
    answer_seconds: float = 120
    attempts: int = 4
    first_wait_seconds: float = 2
    longest_wait_seconds: float = 120
    document_bytes: int = 50 * MEGABYTE
    redirects: int = 6
    attachments: int = 10
    contact: str = ""

    @property
    def user_agent(self) -> str:
        """What every request says of itself."""
        contact = f"; {self.contact}" if self.contact else ""
        return f"gongkai/{version('gongkai')} (collects annual reports on government information{contact})"


def read_fetch_settings(environment: Mapping[str, str] = os.environ) -> FetchSettings:
    """The settings as the environment says them.

    Raises:
        LimitError: a variable is no positive whole number.
    """
    usual = FetchSettings()

    def setting(name: str, default: float) -> int:
        return read_setting(environment, f"FETCH_{name}", default)

    contact = environment.get(CONTACT, "")
    return FetchSettings(
        delay_seconds=setting("DELAY_SECONDS", usual.delay_seconds),
        hosts=setting("HOSTS", usual.hosts),
        answer_seconds=setting("SECONDS", usual.answer_seconds),
        attempts=setting("ATTEMPTS", usual.attempts),
        document_bytes=setting("MB", usual.document_bytes // MEGABYTE) * MEGABYTE,
        contact="".join(character for character in contact if character.isascii() and character.isprintable()),
    )
