"""The script `gongkai`: the command line, imported where an interrupt ends it without a traceback."""

import atexit
import gc
import sys

from flows.interruption import Terminated, end_on_termination, exit_code_of


def main() -> None:
    """Import and run the command line, which takes a moment; an interrupt or a termination on the way ends it."""
    atexit.register(gc.freeze)  # the interpreter's last searches for cycles take seconds, and nothing outlives it
    try:
        end_on_termination()
        from flows import command_line

        command_line.main()
    except (KeyboardInterrupt, Terminated) as interruption:
        sys.exit(exit_code_of(interruption))
