"""A command in a terminal of its own, driven by a script: what it prints is waited for, what is typed is sent."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

ROWS, COLUMNS = 50, 200
TIMEOUT_SECONDS = 90
INTERRUPT = "\x03"


def _take_terminal() -> None:
    """Make the standard input the terminal that sends interruptions, and let them be felt, whoever started the test."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Terminal:
    """A process whose standard streams are a terminal; `screen` is all that it has printed."""

    def __init__(self, command: Sequence[str | Path], environment: Mapping[str, str]) -> None:
        """Start the command."""
        self._own, other = pty.openpty()
        fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self._process = subprocess.Popen(  # noqa: S603 our own command
            [str(part) for part in command],
            stdin=other,
            stdout=other,
            stderr=other,
            env={**environment, "TERM": "xterm-256color"},
            start_new_session=True,
            preexec_fn=_take_terminal,
        )
        os.close(other)
        self.screen = ""
        self._seen = 0

    def __enter__(self) -> "Terminal":
        """The terminal itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End the command if it has not ended."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        os.close(self._own)

    def wait_for(self, *texts: str) -> str:
        """Wait until one of some texts is printed after what was seen before; returns what was printed up to it."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while True:
            found = [(at, text) for text in texts if (at := self.screen.find(text, self._seen)) >= 0]
            if found:
                at, text = min(found)
                printed = self.screen[self._seen : at + len(text)]
                self._seen = at + len(text)
                return printed
            assert time.monotonic() < deadline, f"none of {texts} in {self.screen[self._seen :]}"
            assert self._read(), f"ended or silent before any of {texts}: {self.screen[self._seen :]}"

    def type(self, text: str) -> None:
        """Type a line."""
        os.write(self._own, text.encode() + (b"" if text == INTERRUPT else b"\n"))

    def end(self) -> int:
        """Wait until the command has ended; returns its exit code."""
        while self._read():
            pass
        return self._process.wait(TIMEOUT_SECONDS)

    def _read(self) -> bool:
        """Take what is printed next; returns whether the command may print more."""
        if not select.select([self._own], [], [], TIMEOUT_SECONDS)[0]:
            return False
        try:
            printed = os.read(self._own, 65536)
        except OSError:  # the other side is closed
            return False
        self.screen += printed.decode("utf-8", errors="replace")
        return bool(printed)
