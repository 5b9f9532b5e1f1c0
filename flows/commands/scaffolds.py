"""`gongkai new-form`, `new-jurisdiction`, `conformance`: data files of what is new, and whether they are complete."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from contracts.form import form
from flows.commands.failures import FAILURE
from flows.commands.terminal import messages, output
from flows.declarations import load_declarations
from pipelines.conformance import form_kit, jurisdiction_kit

PROJECT = Path(__file__).parents[2]
_PARTS = ("contracts/form", "contracts/jurisdictions", "flows/command_line.py")
NEW_FORM_EXAMPLES = """Examples:

gongkai new-form 2027 --from 2021"""
NEW_JURISDICTION_EXAMPLES = """Examples:

gongkai new-jurisdiction 3302

gongkai new-jurisdiction 330110"""
CONFORMANCE_EXAMPLES = """Examples:

gongkai conformance

gongkai conformance conformance/forms/2027.yml"""

Root = Annotated[
    Path,
    typer.Option(
        "--project",
        metavar="DIR",
        help="The project's folder; its own code and declarations are used.",
        show_default="where it is installed",
        exists=True,
        file_okay=False,
    ),
]


def new_form(
    version: Annotated[str, typer.Argument(metavar="YEAR", help="The first year on which reports use it.")],
    base: Annotated[
        str, typer.Option("--from", metavar="VERSION", help="The version it extends; what differs goes into the file.")
    ],
    project: Root = PROJECT,
) -> None:
    """Start a new version of the form: one data file for what differs, and a conformance kit to fill in."""
    _go_to(project, "new-form", version, "--from", base)
    if not (version.isdigit() and len(version) == 4):
        raise typer.BadParameter(f"{version} is no year. Name the first year on which reports use the form, e.g. 2027.")
    if base not in form().versions:
        raise typer.BadParameter(f"There is no version {base}. There are: {', '.join(form().versions)}.")
    _write(lambda: form_kit.scaffold_form(version, base, PROJECT))
    output.print("Fill them in; then `make generate`, `gongkai conformance`, `make test`.")


def new_jurisdiction(
    code: Annotated[str, typer.Argument(metavar="CODE", help="Code of GB/T 2260, zeros at its end left out or not.")],
    project: Root = PROJECT,
) -> None:
    """Start a jurisdiction: a data file for the bodies that must report, and a conformance kit to fill in."""
    _go_to(project, "new-jurisdiction", code)
    try:
        jurisdiction_kit.full_code(code)
    except KeyError as error:
        raise typer.BadParameter(str(error.args[0])) from error
    _write(lambda: jurisdiction_kit.scaffold_jurisdiction(code, PROJECT))
    output.print("Fill them in; then `make generate`, `gongkai conformance`, `make test`.")


def conformance(
    kits: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[KIT]...", help="Kits to check; all of the project if left out.", exists=True),
    ] = None,
    project: Root = PROJECT,
) -> None:
    """Say what new versions of the form and new jurisdictions still lack. Exit code 1 if anything is missing."""
    _go_to(project, "conformance", *(str(path.resolve()) for path in kits or ()))
    load_declarations()  # a broken one is told once, and not as a fault of each kit
    paths = kits or list_kits(PROJECT)
    if not paths:
        messages.print("There is no kit: `gongkai new-form` and `gongkai new-jurisdiction` start one.")
    incomplete = 0
    for path in paths:
        try:
            gaps = list(gaps_of(path))
        except msgspec.MsgspecError as error:
            gaps = [f"it cannot be read: {error}"]
        incomplete += bool(gaps)
        output.print(f"{path.parent.name}/{path.stem}: {'incomplete' if gaps else 'complete'}")
        for gap in gaps:
            output.print(f"  {gap}", markup=False)
    if incomplete:
        messages.print(f"{incomplete} of {len(paths)} kits are incomplete.")
        raise typer.Exit(FAILURE)


def _go_to(project: Path, *command: str) -> None:
    """Run a command by the code of another project, whose declarations that code has read; ends as it ends.

    Raises:
        typer.BadParameter: the folder holds no project.
    """
    if project.resolve() == PROJECT.resolve():
        return
    if lacking := [name for name in _PARTS if not (project / name).exists()]:
        raise typer.BadParameter(
            f"{project} is no folder of this project: it has no {', '.join(lacking)}. Name the folder that holds them."
        )
    run = "import sys; sys.path.insert(0, sys.argv.pop(1)); from flows.entry import main; main()"
    done = subprocess.run([sys.executable, "-c", run, project.resolve(), *command], check=False)  # noqa: S603
    raise typer.Exit(done.returncode)


def list_kits(project: Path) -> list[Path]:
    """All kits of a project."""
    folders = (form_kit.FORM_KITS, jurisdiction_kit.JURISDICTION_KITS)
    return [path for folder in folders for path in sorted((project / folder).glob("*.yml"))]


def gaps_of(path: Path) -> Iterator[str]:
    """What one kit lacks; its folder says what kind it is."""
    is_form = path.resolve().parent.name == form_kit.FORM_KITS.name
    return form_kit.find_gaps(path) if is_form else jurisdiction_kit.find_gaps(path)


def _write(scaffold: Callable[[], list[Path]]) -> None:
    try:
        paths = scaffold()
    except FileExistsError as error:
        messages.print(f"[red]error:[/red] {error}")
        raise typer.Exit(FAILURE) from error
    for path in paths:
        output.print(f"written: {path}", markup=False)
