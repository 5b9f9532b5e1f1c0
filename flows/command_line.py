"""The command line `gongkai`: one command per question one can ask of the warehouse.

Exit codes: 0 done; 1 failed, the message says why: also where the warehouse, ledger or input does not hold what was
asked for; 2 wrong usage: also a path that does not exist, and a name that form, catalogue or code do not have; 130
interrupted (Ctrl-C); 143 told to end (SIGTERM). They are the same when the reader of a pipe goes away; `gongkai
extract` then ends early, with 0.
"""

import typer
from rich.console import Console

from flows.commands import (
    check,
    decide,
    decisions,
    diff,
    doctor,
    export,
    extract,
    fetch,
    findings,
    report,
    review,
    rollback,
    rules,
    run,
    scaffolds,
    serve,
    show,
    status,
    versions,
)
from flows.commands.terminal import fall_silent, messages, output

app = typer.Typer(
    name="gongkai",
    help="An open warehouse of China's annual reports on open government information.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(epilog=run.EXAMPLES)(run.run)
app.command(epilog=fetch.EXAMPLES)(fetch.fetch)
app.command(epilog=review.EXAMPLES)(review.review)
app.add_typer(decide.app, name="decide")
app.command(epilog=decisions.EXAMPLES)(decisions.decisions)
app.command(epilog=extract.EXAMPLES)(extract.extract)
app.command(epilog=check.EXAMPLES)(check.check)
app.command(epilog=findings.EXAMPLES)(findings.findings)
app.command(epilog=rules.EXAMPLES)(rules.rules)
app.command(epilog=show.EXAMPLES)(show.show)
app.command(epilog=doctor.EXAMPLES)(doctor.doctor)
app.command(epilog=serve.EXAMPLES)(serve.serve)
app.command(epilog=status.EXAMPLES)(status.status)
app.command(epilog=versions.EXAMPLES)(versions.versions)
app.command(epilog=diff.EXAMPLES)(diff.diff)
app.command(epilog=rollback.EXAMPLES)(rollback.rollback)
app.command(epilog=export.EXAMPLES)(export.export)
app.command(epilog=report.EXAMPLES)(report.report)
app.command("new-form", epilog=scaffolds.NEW_FORM_EXAMPLES)(scaffolds.new_form)
app.command("new-jurisdiction", epilog=scaffolds.NEW_JURISDICTION_EXAMPLES)(scaffolds.new_jurisdiction)
app.command("conformance", epilog=scaffolds.CONFORMANCE_EXAMPLES)(scaffolds.conformance)


def main() -> None:
    """Run the command line."""
    Console.on_broken_pipe = fall_silent  # type: ignore[method-assign] the help has consoles of typer's own
    try:
        app()
    finally:
        output.finish()
        messages.finish()
