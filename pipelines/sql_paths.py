"""Paths inside SQL text."""

from pathlib import Path


def quote(path: Path) -> str:
    """A path as the inside of an SQL string."""
    return str(path).replace("'", "''")
