"""The script `gongkai`: the command line, imported where neither an interrupt nor a declaration ends in a traceback."""

import atexit
import gc
import sys

from contracts.declared import DeclarationError
from flows.interruption import Terminated, end_on_termination, exit_code_of


def main() -> None:
    """Import and run the command line, which takes a moment; an interrupt or a termination on the way ends it.

    So does a declaration that cannot be used, for most modules read some when they are imported.
    """
    atexit.register(gc.freeze)  # the interpreter's last searches for cycles take seconds, and nothing outlives it
    try:
        end_on_termination()
        from flows import command_line

        command_line.main()
    except (KeyboardInterrupt, Terminated) as interruption:
        sys.exit(exit_code_of(interruption))
    except DeclarationError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(1)
