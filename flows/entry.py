"""The script `gongkai`: the command line, imported where an interrupt ends it without a traceback."""

import sys

INTERRUPTED = 130


def main() -> None:
    """Import and run the command line, which takes a moment; an interrupt on the way ends with exit code 130."""
    try:
        from flows import command_line

        command_line.main()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
