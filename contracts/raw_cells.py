"""The tables of the raw extracted JSON as types, made from the form: rows of cells, each version of a table its own."""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from contracts.form import Cell, FormVersion, Table, form

Natural = Annotated[int, Meta(ge=0, le=2**53)]
Whole = Annotated[int, Meta(ge=-(2**53), le=2**53)]
Decimal = Annotated[str, Meta(pattern=r"^-?\d{1,15}(\.\d{1,6})?$")]


def _cell_type(cell: Cell) -> Any:  # noqa: ANN401 a type expression, which has no type of its own
    if cell.type == "decimal":
        return Decimal
    if cell.type == "text":
        return str
    return Whole if cell.may_be_negative else Natural


def _row_struct(version: FormVersion, table: Table, row: str) -> type[Struct]:
    fields = [(cell.column, _cell_type(cell) | None, None) for cell in table.cells if cell.row == row]
    return msgspec.defstruct(f"{table.id}_{version.version}_{row}", fields, forbid_unknown_fields=True, gc=False)


def _table_struct(version: FormVersion, table: Table) -> type[Struct]:
    """A table of one version, told apart from other versions' by its tag `form_version`."""
    rows = [(row, _row_struct(version, table, row) | None, None) for row in table.rows]
    cells = msgspec.defstruct(f"{table.id}_{version.version}_cells", rows, forbid_unknown_fields=True)
    return msgspec.defstruct(
        f"{table.id}_{version.version}",
        [("cells", cells)],
        tag_field="form_version",
        tag=version.version,
        forbid_unknown_fields=True,
    )


def _tables_struct() -> type[Struct]:
    fields: list[tuple[str, Any, Any]] = []
    for table in form().tables:
        kinds: Any = None
        for name in form().versions_with(table):
            version = form().versions[name]
            struct = _table_struct(version, version.tables[table])
            kinds = struct if kinds is None else kinds | struct
        fields.append((table, kinds | UnsetType, UNSET))
    return msgspec.defstruct("Tables", fields, forbid_unknown_fields=True, omit_defaults=True)


Tables: Any = _tables_struct()
