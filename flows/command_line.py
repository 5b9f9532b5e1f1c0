"""The command line `gongkai`: one command per question one can ask of the warehouse.

Exit codes: 0 done; 1 failed, the message says why: also where the warehouse, ledger or input does not hold what was
asked for; 2 wrong usage: also a path that does not exist, and a name that form, catalogue or code do not have; 130
interrupted (Ctrl-C); 143 told to end (SIGTERM). They are the same when the reader of a pipe goes away; `gongkai
extract` then ends early, with 0.
"""

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import cast

import typer
from rich.console import Console
from typer.core import TyperCommand, TyperGroup

from flows.commands.terminal import fall_silent, messages, output


@dataclass(frozen=True)
class _Place:
    """Where a command is: a function of `flows.commands.<module>`, or its `app`; and the name of its examples there."""

    module: str
    function: str
    examples: str = "EXAMPLES"


COMMANDS = {
    "run": _Place("run", "run"),
    "fetch": _Place("fetch", "fetch"),
    "review": _Place("review", "review"),
    "decide": _Place("decide", "app"),
    "decisions": _Place("decisions", "decisions"),
    "extract": _Place("extract", "extract"),
    "check": _Place("check", "check"),
    "findings": _Place("findings", "findings"),
    "rules": _Place("rules", "rules"),
    "show": _Place("show", "show"),
    "doctor": _Place("doctor", "doctor"),
    "serve": _Place("serve", "serve"),
    "status": _Place("status", "status"),
    "versions": _Place("versions", "versions"),
    "diff": _Place("diff", "diff"),
    "rollback": _Place("rollback", "rollback"),
    "export": _Place("export", "export"),
    "report": _Place("report", "report"),
    "new-form": _Place("scaffolds", "new_form", "NEW_FORM_EXAMPLES"),
    "new-jurisdiction": _Place("scaffolds", "new_jurisdiction", "NEW_JURISDICTION_EXAMPLES"),
    "conformance": _Place("scaffolds", "conformance", "CONFORMANCE_EXAMPLES"),
}


@cache
def load_command(name: str) -> TyperCommand | TyperGroup:
    """A command, whose module is imported now."""
    place = COMMANDS[name]
    module = import_module(f"flows.commands.{place.module}")
    loaded = getattr(module, place.function)
    if not isinstance(loaded, typer.Typer):
        function, loaded = loaded, typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        loaded.command(name, epilog=getattr(module, place.examples))(function)
    command = cast("TyperCommand | TyperGroup", typer.main.get_command(loaded))
    command.name = name
    return command


class Commands(TyperGroup):
    """The commands, each imported when it is asked for: `gongkai status` does not wait for what `gongkai run` needs."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """Their names, in the order of the help."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: typer.Context, cmd_name: str) -> TyperCommand | TyperGroup | None:  # type: ignore[override]
        """The command of a name, None if there is none."""
        del ctx
        return load_command(cmd_name) if cmd_name in COMMANDS else None


app = typer.Typer(
    name="gongkai",
    cls=Commands,
    help="An open warehouse of China's annual reports on open government information.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _gongkai() -> None:
    """Nothing is asked before the command."""


def main() -> None:
    """Run the command line."""
    # The help has consoles of typer's own, whose class alone can be told what to do about a closed pipe.
    Console.on_broken_pipe = fall_silent  # type: ignore[method-assign, assignment]
    try:
        app()
    finally:
        output.finish()
        messages.finish()
