"""One request at a time to a host, and a pause between two of them."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Turns:
    """The turns of all hosts, for any number of threads."""

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        """Keep how to wait."""
        self._sleep, self._guard = sleep, threading.Lock()
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._free_at: dict[str, float] = {}

    @contextmanager
    def turn(self, host: str, delay: float) -> Iterator[None]:
        """Wait until nobody asks `host` and `delay` seconds have passed since the last one did."""
        with self._guard:
            lock = self._locks[host]
        with lock:
            wait = self._free_at.get(host, 0) + delay - time.monotonic()
            if wait > 0:
                self._sleep(wait)
            try:
                yield
            finally:
                self._free_at[host] = time.monotonic()
