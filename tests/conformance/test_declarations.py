"""A mistake in whatever is declared is told by its file and key, in one line, before anything is read."""

import pytest

from tests.conformance.project_copy import Copy

LATER = 'version: "2027"\nbasis: none\nreport_years: {from: 2027}\nextends: "2021"\n'


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """One copy for all; each test puts back what it breaks."""
    return Copy(tmp_path_factory.mktemp("declarations") / "project", "conformance")


def jurisdiction(*bodies: str, region: str = "330200") -> str:
    return f'region: "{region}"\nsource: invented\nbodies: [{", ".join(bodies)}]\n'


def rows(text: str) -> str:
    return f"{LATER}tables: {{applications: {{rows: {{{text}}}}}}}\n"


FORM_MISTAKES = [
    (rows("new: {zh: 新, en: New, before: nosuch}"), "new stands before nosuch, which is not there; name one of"),
    (rows("new: {zh: 新}"), "tables.applications.rows.new: Object missing required field `en`; correct"),
    (rows("new: 7"), "new: an entry has keys with values of its own"),
    (LATER + "tables:\n  applications: {\n", "line 7, column 1: "),
    (LATER.replace("2021", "2020"), "extends: 2020 cannot be extended by it; there are 2019, 2021"),
    (LATER.replace("2021", "2027"), "extends: 2027 cannot be extended by it"),
    (LATER + "basis: some\n", "line 5, column 1: the key `basis` stands here a second time; correct that line"),
    (LATER + "identity: {}\n", "unknown keys identity; there are"),
    (LATER.replace("2027}", "soon}"), "report_years.from: Expected `int`, got `str`"),
    ("", "it holds nothing, not keys with values"),
]


@pytest.mark.parametrize(("content", "told"), FORM_MISTAKES)
def test_a_mistake_in_a_version_of_the_form_is_told_by_every_command(copied: Copy, content: str, told: str) -> None:
    with copied.broken("contracts/form/2027.yml", content):
        line = tell(copied, "-c", "from flows.entry import main; main()", "status")
    assert line.startswith(f"error: contracts/form/2027.yml: {told}")


def tell(copied: Copy, *arguments: str) -> str:
    """What a command that fails says: one line."""
    (line,) = copied.errors(*arguments).splitlines()
    return line


def test_rendering_tells_a_mistake_as_the_commands_do(copied: Copy) -> None:
    with copied.broken("contracts/form/2027.yml", FORM_MISTAKES[0][0]):
        line = tell(copied, "-m", "contracts.render")
    assert line.startswith("error: contracts/form/2027.yml: new stands before nosuch")


def test_the_version_that_has_a_mistake_is_named_not_the_one_that_extends_it(copied: Copy) -> None:
    good = (copied.root / "contracts/form/2021.yml").read_text(encoding="utf-8")
    with copied.broken("contracts/form/2021.yml", good.replace("enforced: true", "enforced: 3", 1)):
        line = tell(copied, "-m", "contracts.render")
    assert line.startswith("error: contracts/form/2021.yml: identities.")
    assert ".enforced: Expected `bool`, got `int`; correct the declaration" in line


OTHER_MISTAKES = [
    ("contracts/form/claims.yml", "kinds: {\n", "line 2, column 1: "),
    (
        "contracts/form/claims.yml",
        "kinds: {received: {zh: 收到}}\n",
        "kinds.received: Object missing required field `en`",
    ),
    ("contracts/form/legacy.yml", "basis: none\n", "there is no `indicators` where one is needed"),
    ("contracts/form/legacy/new.yml", "zh: 新\nen: New\n", "Object missing required field `basis`"),
    ("contracts/rules/new.yml", "some_rule: {scope: body}\n", "some_rule: Object missing required field `severity`"),
    ("contracts/rules/elsewhere.yml", "- {check: x}\n", "0: Object missing required field `why`"),
    ("contracts/regions/regions.csv", "code,name_zh\n110000,北京市\n", "line 2: Object missing required field `level`"),
    ("contracts/regions/succession.csv", "predecessor,successor,year,kind\n1,2,x,split\n", "line 2: Expected `int`"),
    ("contracts/jurisdictions/330200.yml", jurisdiction("{name: 甲, kind: departmnt}"), "bodies.0.kind: Invalid enum"),
    ("pipelines/fetch/dialects/new.yml", "describes: x\nsigns: [div]\n", "places are `#id` or `.class`, not div"),
    ("pipelines/fetch/dialects/new.yml", "describes: x\nparts: '('\n", "missing ), unterminated subpattern"),
]


@pytest.mark.parametrize(("file", "content", "told"), OTHER_MISTAKES)
def test_a_mistake_in_any_declaration_is_told_once_by_its_file(
    copied: Copy, file: str, content: str, told: str
) -> None:
    with copied.broken(file, content):
        line = tell(copied, "-c", "from flows.entry import main; main()", "conformance")
    assert line.startswith(f"error: {file}: {told}")


@pytest.mark.parametrize(
    "command",
    [
        ("run", "--input", "samples/documents", "--warehouse", "warehouse"),
        ("run", "--inbox", "inbox", "--warehouse", "warehouse"),
        ("extract", "samples/documents"),
        ("fetch", "urls.txt", "--warehouse", "warehouse"),
        ("serve", "--port", "0", "--warehouse", "warehouse"),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_nothing_is_read_while_a_declaration_is_broken(copied: Copy, command: tuple[str, ...]) -> None:
    inbox = copied.root / "inbox"
    inbox.mkdir(exist_ok=True)
    (inbox / "report.html").write_text("<p>x", encoding="utf-8")
    (copied.root / "urls.txt").write_text("http://192.0.2.1/\n", encoding="utf-8")
    with copied.broken("contracts/jurisdictions/330200.yml", jurisdiction("{name: 甲, kind: departmnt}")):
        said = copied.errors("-c", "from flows.entry import main; main()", *command)
    assert "contracts/jurisdictions/330200.yml: bodies.0.kind:" in "".join(said.splitlines())
    assert not (copied.root / "warehouse").exists()
    assert [path.name for path in inbox.iterdir()] == ["report.html"]
