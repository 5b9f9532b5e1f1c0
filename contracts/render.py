"""Writes everything that is generated from the declared form: `python -m contracts.render [--check]`.

With `--check` nothing is written and the exit code is 1 if a file on disk differs from what would be. It is 1 as well
if a declaration cannot be used; the message names its file.
"""

import argparse
import sys

from contracts.declared import ROOT, DeclarationError


def main(arguments: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m contracts.render", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 if a generated file is stale")
    check = parser.parse_args(arguments).check
    try:
        from contracts.rendering.files import stale_files, write_files  # the form is read when they are imported

        stale = stale_files() if check else write_files()
    except DeclarationError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    for path in stale:
        sys.stdout.write(f"{'stale' if check else 'written'}: {path.relative_to(ROOT)}\n")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
