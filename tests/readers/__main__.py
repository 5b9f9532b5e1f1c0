"""`make test-readers`: DuckDB 1.4, 1.5 and 2.0 open the published file, and all read the same from every table."""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from pipelines.publishing import live_version
from pipelines.warehouse import MART_FILE, Warehouse

VERSIONS = ("1.4.5", "1.5.6", "2.0.0")
UV = Path(sys.executable).with_name("uv")
READER = Path(__file__).with_name("read_mart.py")


def read_with(version: str, mart: Path, folder: Path) -> dict[str, str]:
    """What one version of DuckDB reads: a digest of the rows of each table and view.

    Raises:
        subprocess.CalledProcessError: it cannot be installed, or cannot read the mart.
    """
    environment = folder / version
    python = environment / "bin" / "python"
    subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, environment], check=True)  # noqa: S603
    command = [UV, "pip", "install", "--quiet", "--python", python, f"duckdb=={version}"]
    subprocess.run(command, check=True)  # noqa: S603
    done = subprocess.run([python, READER, mart], check=True, capture_output=True, text=True)  # noqa: S603
    found: dict[str, str] = json.loads(done.stdout)
    return found


def main() -> int:
    """Compare what all versions read; exit code 1 if they differ or read nothing."""
    parser = argparse.ArgumentParser(prog="make test-readers", description=__doc__)
    parser.add_argument("--warehouse", type=Path, default=Path(".warehouse"))
    mart = live_version(Warehouse(parser.parse_args().warehouse)).folder / MART_FILE
    console = Console()
    with tempfile.TemporaryDirectory(prefix="gongkai-readers-") as name:
        read = {version: read_with(version, mart, Path(name)) for version in VERSIONS}
    first = read[VERSIONS[0]]
    for version, found in read.items():
        differing = sorted(table for table in first.keys() | found.keys() if first.get(table) != found.get(table))
        console.print(
            f"DuckDB {version}: {len(found)} tables and views read, {len(differing)} differ {differing or ''}"
        )
    return 0 if first and all(found == first for found in read.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
