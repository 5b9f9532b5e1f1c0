"""A copy of the project, to be changed as CONTRIBUTING.md says."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.commands.scaffolds import PROJECT


class Copy:
    """A copy of the project in which commands run as in the project itself."""

    def __init__(self, root: Path, *more: str) -> None:
        """Copy what commands need, and more folders."""
        self.root = root
        for folder in ("contracts", "pipelines", "flows", "dbt_project", "docs", "samples", *more):
            ignored = shutil.ignore_patterns("__pycache__", "target", "logs")
            shutil.copytree(PROJECT / folder, root / folder, ignore=ignored)
        for name in ("profiles.yml", "pyproject.toml"):
            shutil.copy(PROJECT / name, root / name)

    def run(self, *arguments: str, expected_code: int = 0) -> str:
        """Run Python in the copy; gives standard output."""
        done = self._run(arguments)
        assert done.returncode == expected_code, done.stdout + done.stderr
        return done.stdout

    def errors(self, *arguments: str) -> str:
        """Run Python in the copy, which fails without output; gives standard error."""
        done = self._run(arguments)
        assert (done.returncode, done.stdout) == (1, ""), done.stdout + done.stderr
        return done.stderr

    def _run(self, arguments: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        return subprocess.run(  # noqa: S603 - our own command
            [sys.executable, *arguments],
            cwd=self.root,
            env={**environment, "PYTHONPATH": str(self.root)},
            capture_output=True,
            text=True,
            check=False,
        )

    def gongkai(self, *arguments: str, expected_code: int = 0) -> str:
        """Run a command of `gongkai` in the copy; gives standard output."""
        return self.run("-c", "from flows.entry import main; main()", *arguments, expected_code=expected_code)

    @contextmanager
    def broken(self, file: str, content: str) -> Iterator[None]:
        """A file with other content, or one more file, while the context is open."""
        path = self.root / file
        before = path.read_bytes() if path.exists() else None
        path.write_text(content, encoding="utf-8")
        try:
            yield
        finally:
            if before is None:
                path.unlink()
            else:
                path.write_bytes(before)

    def insert(self, file: str, before: str, text: str) -> None:
        """Write something into a file, before what stands there once."""
        path = self.root / file
        content = path.read_text(encoding="utf-8")
        assert content.count(before) == 1
        path.write_text(content.replace(before, f"{text}{before}"), encoding="utf-8")

    def append(self, file: str, text: str) -> None:
        """Write something at the end of a file."""
        path = self.root / file
        path.write_text(f"{path.read_text(encoding='utf-8')}{text}", encoding="utf-8")
