"""The identities within one table as sparse equations over numbered cells."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from contracts.form import form

Values = list[int | None]
Changes = dict[int, int]


class Equations:
    """The enforced identities of a table in one version of the form.

    `terms[i]` holds the `(cell, weight)` of equation `i`, `of_cell[c]` the `(equation, weight)` of cell `c`; cells and
    equations are numbered in the form's order. `rows` and `columns` give the numbers as they are printed.
    """

    def __init__(self, version: str, table_id: str) -> None:
        """Number the cells and the identities of a table."""
        declared = form().versions[version]
        table = declared.tables[table_id]
        identities = declared.identities_of(table_id, enforced=True)
        self.cells = tuple(cell.id for cell in table.cells if cell.type == "integer")
        self.identities = tuple(identity.id for identity in identities)
        self.number = {cell: place for place, cell in enumerate(self.cells)}
        self.terms = tuple(
            tuple((self.number[term.cell.id], term.weight) for term in identity.terms) for identity in identities
        )
        self.members = tuple(frozenset(cell for cell, _ in terms) for terms in self.terms)
        self.of_cell: tuple[tuple[tuple[int, int], ...], ...] = tuple(
            tuple((i, weight) for i, terms in enumerate(self.terms) for c, weight in terms if c == cell)
            for cell in range(len(self.cells))
        )
        totals = {column.id for column in table.columns.values() if column.role == "total"}
        sums = {row.id for row in table.rows.values() if row.category == "total"}
        places = [cell.split(".")[1:] for cell in self.cells]
        self.is_total = tuple(row in sums or column in totals for row, column in places)
        self.outcome_rows = tuple(place for place, row in enumerate(table.rows.values()) if row.is_outcome)
        self.rows = tuple(
            tuple(c for c, (row, _) in enumerate(places) if row == name) for name in dict.fromkeys(p[0] for p in places)
        )
        self.columns = tuple(
            tuple(c for c, (_, column) in enumerate(places) if column == name)
            for name in dict.fromkeys(p[1] for p in places)
        )

    def values(self, cells: Mapping[str, int | None]) -> Values:
        """The figures in the order of the cells."""
        return [cells.get(cell) for cell in self.cells]

    def residual(self, equation: int, values: Sequence[int | None], changes: Mapping[int, int]) -> int | None:
        """The residual of one equation after changes; None if a term is missing."""
        total = 0
        for cell, weight in self.terms[equation]:
            value = changes.get(cell, values[cell])
            if value is None:
                return None
            total += weight * value
        return total

    def violations(self, values: Sequence[int | None]) -> dict[int, int]:
        """The residuals that are not zero, by equation; a missing term violates nothing."""
        residuals = ((i, self.residual(i, values, {})) for i in range(len(self.terms)))
        return {i: residual for i, residual in residuals if residual}

    def blind(self, values: Sequence[int | None]) -> frozenset[int]:
        """The equations with a missing term, which say nothing."""
        missing = [cell for cell, value in enumerate(values) if value is None]
        return frozenset(self.touched(missing))

    def touched(self, cells: Iterable[int]) -> set[int]:
        """The equations in which any of the cells is a term."""
        return {equation for cell in cells for equation, _ in self.of_cell[cell]}

    def settles(self, values: Sequence[int | None], violated: Iterable[int], changes: Mapping[int, int]) -> bool:
        """Whether every violated equation, and every one that the changes touch, holds after them."""
        wanted = set(violated)
        if any(self.residual(equation, values, changes) != 0 for equation in wanted):
            return False
        return not any(self.residual(equation, values, changes) for equation in self.touched(changes) - wanted)

    def refuted(
        self, values: Sequence[int | None], violated: Iterable[int], changes: Mapping[int, int], unknown: Iterable[int]
    ) -> bool:
        """Whether a violated equation without an unknown cell does not hold after changes: a quick test."""
        is_open = set(unknown)
        return any(
            self.residual(equation, values, changes) != 0
            for equation in violated
            if is_open.isdisjoint(self.members[equation])
        )

    def solve_unknown(self, values: Sequence[int | None], changes: Changes, unknown: Iterable[int]) -> bool:
        """Add to `changes` the values that the equations force on `unknown` cells; False if some are not forced.

        A forced value is never negative.
        """
        left = set(unknown)
        while left:
            forced = self._first_forced(values, changes, left)
            if forced is None:
                return False
            cell, value = forced
            changes[cell] = value
            left.discard(cell)
        return True

    def _first_forced(
        self, values: Sequence[int | None], changes: Changes, unknown: set[int]
    ) -> tuple[int, int] | None:
        for cell in unknown:
            for equation, weight in self.of_cell[cell]:
                total = 0
                for other, factor in self.terms[equation]:
                    if other == cell:
                        continue
                    value = None if other in unknown else changes.get(other, values[other])
                    if value is None:
                        break
                    total += factor * value
                else:
                    value = -total // weight
                    return (cell, value) if value >= 0 else None
        return None


@cache
def equations_of(version: str, table: str) -> Equations:
    """The equations of a table, made once."""
    return Equations(version, table)
