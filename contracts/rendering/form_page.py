"""`docs/form.md`: every table of every version drawn as a grid, with the ids that a cell's id is made of."""

from contracts.form import Form, FormVersion, Table

HEADER = "<!-- Written by `python -m contracts.render` from contracts/form: do not edit. -->\n"
INTRODUCTION = """# The form

Each grid shows where a cell stands: its id is the table's id, a dot and what the grid prints (`applications` and
`granted.total` give `applications.granted.total`); its column in the wide tables is `applications__granted__total`.
A dash marks a cell that the form does not have. An identity is a sum that must be zero.
"""


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _grid(table: Table) -> list[str]:
    columns = list(table.columns.values())
    lines = [
        _line(["", *(f"{column.zh}<br>({column.unit or table.unit})" for column in columns)]),
        _line(["---"] * (len(columns) + 1)),
    ]
    for row in table.rows.values():
        having = table.columns_of(row.id)
        group = table.groups[row.group].zh + " " if row.group else ""
        marks = [f"`{row.id}.{column.id}`" if column.id in having else "–" for column in columns]
        lines.append(_line([f"{group}{row.ordinal}{row.zh}", *marks]))
    return lines


def _table_section(table: Table) -> list[str]:
    return [
        f"### `{table.id}` {table.ordinal}{table.heading['zh']}",
        "",
        f"{table.heading['en']}.",
        "",
        *_grid(table),
        "",
    ]


def _identity_section(version: FormVersion) -> list[str]:
    lines = [_line(["identities", "number", "enforced", "source", "rule"]), _line(["---"] * 5)]
    for rule in dict.fromkeys(identity.rule for identity in version.identities.values()):
        members = [identity for identity in version.identities.values() if identity.rule == rule]
        first = members[0]
        enforced = "yes" if first.enforced else "no"
        lines.append(_line([f"`{rule}`", str(len(members)), enforced, first.source, f"{first.zh}. {first.en}."]))
    return ["### Identities", "", *lines, ""]


def _indicator_section(form: Form) -> list[str]:
    lines = [_line(["indicator", "label", "unit", "comparable with"]), _line(["---"] * 4)]
    for indicator in form.indicators.values():
        lines.append(_line([f"`{indicator.id}`", indicator.zh, indicator.unit, indicator.comparable or "–"]))
    years = form.legacy_years
    return [f"## Legacy indicators, {years['from']}-{years['to']} ({form.legacy_basis})", "", *lines, ""]


def render_form_page(form: Form) -> str:
    """The page as markdown."""
    lines = [HEADER, INTRODUCTION]
    for version in form.versions.values():
        lines += [f"## Version {version.version} ({version.basis})", ""]
        for table in version.tables.values():
            lines += _table_section(table)
        lines += _identity_section(version)
    return "\n".join([*lines, *_indicator_section(form)]).rstrip() + "\n"
