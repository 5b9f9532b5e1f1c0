"""Single errors by their signature, and few errors of which one after the other stands alone in some identity.

In table 三 every single error violates another set of identities, so that the lookup is exact. Of two or three
errors one is nearly always alone in some violated identity: its size is read off there, and what is left is smaller.
"""

from collections.abc import Iterator, Mapping

from pipelines.proof.equations import Changes, Equations, Values

_PAIR = 2
_MOST_EQUATIONS = 3  # in which one cell can stand


def find_single(equations: Equations, values: Values, violated: Mapping[int, int], blind: frozenset[int]) -> Changes:
    """The changes of one cell each, by cell, after which all violated equations hold and no other one fails.

    Args:
        equations: the table's equations.
        values: the figures in the order of the cells.
        violated: the residuals by violated equation.
        blind: the equations with a missing term, which say nothing.
    """
    found: Changes = {}
    if not violated:
        return found
    first = min(violated, key=lambda equation: len(equations.terms[equation]))
    for cell, weight in equations.terms[first]:
        value, error = values[cell], violated[first] * weight
        if value is None or value < error:
            continue
        seen = 0
        for equation, factor in equations.of_cell[cell]:
            residual = violated.get(equation)
            if residual is None:
                if equation not in blind:
                    break
            elif residual != factor * error:
                break
            else:
                seen += 1
        else:
            if seen == len(violated):
                found[cell] = value - error
    return found


def find_few(
    equations: Equations, values: Values, violated: Mapping[int, int], blind: frozenset[int], cells: int
) -> list[Changes]:
    """The changes of so many cells of which, one after the other, each accounts for a whole violated equation."""
    found = _eliminated(equations, values, violated, blind, cells)
    return list({tuple(sorted(changes.items())): changes for changes in found}.values())


def _eliminated(
    equations: Equations, values: Values, violated: Mapping[int, int], blind: frozenset[int], cells: int
) -> Iterator[Changes]:
    """Explain one violated equation by one of its cells, and what is then left by the other cells."""
    if cells == 1:
        for cell, new in find_single(equations, values, violated, blind).items():
            yield {cell: new}
        return
    for equation in _shortest(equations, violated, cells):
        for cell, weight in equations.terms[equation]:
            value, error = values[cell], violated[equation] * weight
            if value is None or value < error:
                continue
            left = _without(equations, violated, blind, cell, error)
            if len(left) <= _MOST_EQUATIONS * (cells - 1):
                for rest in _eliminated(equations, values, left, blind, cells - 1):
                    if cell not in rest:
                        yield {cell: value - error, **rest}


def _shortest(equations: Equations, violated: Mapping[int, int], cells: int) -> list[int]:
    """The violated equations to begin with: all for two cells, for more those of the fewest terms."""
    if cells == _PAIR:
        return list(violated)
    fewest = min((len(equations.terms[equation]) for equation in violated), default=0)
    return [equation for equation in violated if len(equations.terms[equation]) == fewest]


def _without(
    equations: Equations, violated: Mapping[int, int], blind: frozenset[int], cell: int, error: int
) -> dict[int, int]:
    """The residuals that are left once the error of a cell is taken out."""
    left = dict(violated)
    for equation, factor in equations.of_cell[cell]:
        if equation not in blind:
            rest = left.pop(equation, 0) - factor * error
            if rest:
                left[equation] = rest
    return left
