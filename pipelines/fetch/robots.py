"""robots.txt as RFC 9309 has it: asked for once for each site and kept for the whole run.

A site without one (4xx, an empty one, redirects without end) may be fetched; where it cannot be had (5xx, no answer)
nothing is fetched, because nobody knows what it says.
"""

import threading
from collections import defaultdict
from collections.abc import Callable

import httpx
from msgspec import Struct
from protego import Protego

from pipelines.fetch.answers import Answer, Status
from pipelines.fetch.settings import ROBOTS_NAME

MOST_BYTES = 500 * 1024
# Without any, or refused for a reason that refuses the address itself as well, and says more there.
_NONE: frozenset[Status] = frozenset({"empty", "bad_redirect", "blocked_address", "refused_url"})


class Verdict(Struct, frozen=True):
    """Whether an address may be asked for, why not, and the pause that the site asks for (seconds)."""

    is_allowed: bool
    reason: str = ""
    delay: float = 0


class Robots:
    """What the sites of a run say; `ask` fetches an address without asking robots.txt first."""

    def __init__(self, ask: Callable[[str], Answer]) -> None:
        """Keep how to ask."""
        self._ask, self._guard = ask, threading.Lock()
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._known: dict[str, Protego | Verdict] = {}

    def judge(self, url: httpx.URL) -> Verdict:
        """Whether an address may be asked for; the first time on a site its robots.txt is fetched."""
        site = str(url.copy_with(path="/robots.txt", query=None))
        with self._guard:
            lock = self._locks[site]
        with lock:
            if site not in self._known:
                self._known[site] = _read(self._ask(site))
        known = self._known[site]
        if isinstance(known, Verdict):
            return known
        delay = float(known.crawl_delay(ROBOTS_NAME) or 0)
        if known.can_fetch(str(url), ROBOTS_NAME):
            return Verdict(is_allowed=True, delay=delay)
        return Verdict(is_allowed=False, reason="robots.txt of the site disallows it", delay=delay)


def _read(answer: Answer) -> Protego | Verdict:
    if answer.status == "fetched":
        return Protego.parse(answer.content[:MOST_BYTES].decode("utf-8-sig", "replace"))
    if answer.status == "http_error" and answer.http_status is not None and 400 <= answer.http_status < 500:
        return Verdict(is_allowed=True)
    if answer.status in _NONE:
        return Verdict(is_allowed=True)
    return Verdict(is_allowed=False, reason=f"robots.txt cannot be had ({answer.status}: {answer.detail})")
