"""Who decides: said, named by the environment, or known to git."""

import os
import subprocess

from pipelines.decisions.ledger import LedgerError

AUTHOR_VARIABLE = "GONGKAI_BY"
_TIMEOUT_SECONDS = 10


def find_author(named: str | None = None) -> str:
    """Who decides: `named`, else what `GONGKAI_BY` says, else git's user as `name <email>`.

    Raises:
        LedgerError: nobody is named.
    """
    said = (named or os.environ.get(AUTHOR_VARIABLE) or "").strip()
    if said:
        return said
    name, email = _git("user.name"), _git("user.email")
    if not name and not email:
        raise LedgerError(
            f"Nobody is named as the one who decides. Say --by 'NAME <EMAIL>', set {AUTHOR_VARIABLE}, or tell git "
            "with `git config user.name NAME`."
        )
    return f"{name} <{email}>".strip() if email else name


def _git(setting: str) -> str:
    try:
        found = subprocess.run(  # noqa: S603 our own command
            ["git", "config", setting],  # noqa: S607 wherever the user's git is
            capture_output=True,
            text=True,
            check=False,
            timeout=_TIMEOUT_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return found.stdout.strip()
