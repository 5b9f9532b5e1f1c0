"""Runs of digits that are those of two columns: cut where the sums of the table leave one cut only."""

from collections.abc import Mapping, Sequence
from itertools import product
from math import prod

from msgspec import Struct, field

from contracts.form import LegacySum, LegacyVariant

_MOST_DIGITS = 15  # of a number that counts something
_MOST_CUTS = 20_000  # combinations of the cuts of one sum that are tried
Cut = tuple[int, int]


class Run(Struct):
    """The possible cuts of one run; `proof` names the sums that left one of them."""

    digits: str
    cuts: list[Cut]
    proof: list[str] = field(default_factory=list)


def _is_plain(digits: str) -> bool:
    return digits == "0" or not digits.startswith("0")


def possible_cuts(digits: str) -> list[Cut]:
    """Year and cumulative value printed as one run: no leading zeros, and the year's is part of the cumulative."""
    if len(digits) > 2 * _MOST_DIGITS or not digits.isdigit():
        return []
    return [
        (int(digits[:cut]), int(digits[cut:]))
        for cut in range(1, len(digits))
        if _is_plain(digits[:cut]) and _is_plain(digits[cut:]) and int(digits[:cut]) <= int(digits[cut:])
    ]


def choose_variant(
    variants: Mapping[str, LegacyVariant], keys: set[str], label_key: Mapping[str, str], year: int
) -> str | None:
    """The table of indicators most of whose labels are printed; the one meant for the year, if two have as many."""

    def fit(variant: LegacyVariant) -> tuple[int, bool, float]:
        labels = {label_key[row.label] for row in variant.rows}
        years = variant.report_years
        return len(labels & keys), years["from"] <= year <= years["to"], len(labels & keys) / len(labels)

    best = max(variants.values(), key=fit)
    return best.id if fit(best)[0] > len(keys) / 2 else None


def _surviving(relation: LegacySum, runs: Mapping[str, Run]) -> list[tuple[Cut, ...]] | None:
    """The combinations of cuts that keep a sum in both columns; None if a term is missing or there are too many."""
    names = (relation.total, *relation.parts)
    if any(name not in runs or not runs[name].cuts for name in names):
        return None
    if prod(len(runs[name].cuts) for name in names) > _MOST_CUTS:
        return None
    return [
        cuts
        for cuts in product(*(runs[name].cuts for name in names))
        if all(cuts[0][column] == sum(part[column] for part in cuts[1:]) for column in (0, 1))
    ]


def settle_runs(runs: Mapping[str, Run], relations: Sequence[LegacySum]) -> None:
    """Leave each run the cuts under which the sums over it hold; a sum that no combination keeps decides nothing."""
    is_open = True
    while is_open:
        is_open = False
        for relation in relations:
            survivors = _surviving(relation, runs)
            for place, name in enumerate((relation.total, *relation.parts) if survivors else ()):
                left = sorted({cuts[place] for cuts in survivors or ()})
                if len(left) < len(runs[name].cuts):
                    runs[name].cuts = left
                    runs[name].proof.append(relation.id)
                    is_open = True
