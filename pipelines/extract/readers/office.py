"""Documents that only an office program reads (.doc, .wps, .rtf, .odt and the like): converted by LibreOffice first.

The conversion runs without a window, in a profile of its own that it leaves nothing behind of, with macros and links
to other hosts switched off. It stays in the process group of the worker, which ends it with itself.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pipelines.extract.errors import Unreadable
from pipelines.extract.readers.packages import LARGEST_PACKAGE

SECONDS = 90.0  # LibreOffice starts within ten
_PROGRAMS = ("soffice", "libreoffice")
_PROCESSES = Path("/proc")
_SETTINGS = {
    ("Security/Scripting", "DisableMacrosExecution"): "true",
    ("Security/Scripting", "MacroSecurityLevel"): "3",
    ("Security/Scripting", "BlockUntrustedRefererLinks"): "true",
}


def find_office() -> str | None:
    """The path of LibreOffice, if it is installed."""
    return next((path for name in _PROGRAMS if (path := shutil.which(name))), None)


def convert(content: bytes, ending: str, target: str, seconds: float = SECONDS) -> bytes:
    """A document in another format, as LibreOffice writes it.

    Args:
        content: the document.
        ending: that of its format, without the dot: LibreOffice goes by it where the content does not tell.
        target: that of the format to write.
        seconds: wall time after which the conversion is stopped.

    Raises:
        Unreadable: `missing_tool`, `time_limit`, `too_large`, or `malformed` if LibreOffice cannot read it.
    """
    office = find_office()
    if office is None:
        needed = "install libreoffice-writer and libreoffice-calc, so that `soffice` is found, and run again"
        raise Unreadable("missing_tool", f".{ending} is read through LibreOffice, which is not installed: {needed}")
    with tempfile.TemporaryDirectory(prefix="gongkai-office-") as name:
        folder = Path(name)
        source, written = folder / f"document.{ending}", folder / "out" / f"document.{target}"
        source.write_bytes(content)
        _write_settings(folder / "profile")
        said = _run([office, *_arguments(folder, source, target)], folder, seconds)
        if not written.is_file():
            raise Unreadable("malformed", f"LibreOffice cannot read it as .{ending}: {said or 'no reason given'}")
        if written.stat().st_size > LARGEST_PACKAGE:
            raise Unreadable("too_large", f"converted it has more than {LARGEST_PACKAGE // 2**20} MB")
        return written.read_bytes()


def _arguments(folder: Path, source: Path, target: str) -> list[str]:
    return [
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        *("--headless", "--norestore", "--nolockcheck", "--nodefault"),
        *("--convert-to", target, "--outdir", str(folder / "out"), str(source)),
    ]


def _write_settings(profile: Path) -> None:
    items = "".join(
        f'<item oor:path="/org.openoffice.Office.Common/{path}"><prop oor:name="{name}" oor:op="fuse">'
        f"<value>{value}</value></prop></item>"
        for (path, name), value in _SETTINGS.items()
    )
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(
        f'<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}'
        "</oor:items>",
        encoding="utf-8",
    )


def _run(command: list[str], folder: Path, seconds: float) -> str:
    """Run LibreOffice; returns the last thing that it said.

    Raises:
        Unreadable: `time_limit`.
    """
    with (folder / "said").open("w+b") as said:
        process = subprocess.Popen(  # noqa: S603 - our own command; the document's name is ours, too
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env={**os.environ, "HOME": str(folder)},
        )
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise Unreadable("time_limit", f"LibreOffice did not convert it within {seconds:.0f} seconds") from error
        finally:
            _kill(process.pid, is_running=process.poll() is None)
            process.wait()
        said.seek(0)
        lines = said.read(65536).decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:300] if lines else ""


def _kill(process: int, *, is_running: bool) -> None:
    """Kill a process with all that it started."""
    family = [process, *_descendants(process)] if is_running else []
    for member in family:
        with suppress(ProcessLookupError, PermissionError):  # it has ended
            os.kill(member, signal.SIGKILL)


def _descendants(process: int) -> Iterator[int]:
    """All processes that a process started, and theirs; none where the system does not tell."""
    parents: dict[int, int] = {}
    for folder in _PROCESSES.glob("[0-9]*"):
        with suppress(OSError, IndexError, ValueError):  # it has just ended
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    family = [process]
    for member in family:
        family += [child for child, parent in parents.items() if parent == member]
    yield from family[1:]
