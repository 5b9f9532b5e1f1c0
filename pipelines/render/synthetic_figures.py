"""Random figures of one body over the years: balanced, skewed as real ones are, carried from year to year."""

from random import Random

from msgspec import Struct

from contracts.form import FormVersion, Table
from pipelines.render.report import Value

# Share of the seven columns' parts in what is received, in the order of the form: mostly natural persons.
_APPLICANT_SHARES = (1.0, 0.09, 0.004, 0.006, 0.03, 0.01)
# Weight of an outcome by its category; within a category the first rows are the frequent ones.
_CATEGORY_WEIGHTS = {
    "granted": 40.0,
    "partially_granted": 9.0,
    "denied": 6.0,
    "unable_to_provide": 28.0,
    "not_processed": 7.0,
    "other_handling": 8.0,
}
_FEW = 12  # up to so many applications are dealt out one by one
_FLOW_ROWS = ("new_received", "carried_in", "outcome_total", "carried_out")


class BodyState(Struct):
    """What one year leaves to the next: applications carried out by applicant type, documents in force, growth."""

    size: float
    carried_out: list[int]
    in_force: dict[str, int]


def start_body(random: Random, *, is_government: bool) -> BodyState:
    """The state of a body before its first year; governments, which consolidate, are some twenty times larger."""
    size = random.lognormvariate(2.6, 1.3) * (20 if is_government else 1)
    carried = [int(size * share * 0.05 * random.random()) for share in _APPLICANT_SHARES]
    regulations = random.randrange(30) if is_government and size > 1000 else 0
    return BodyState(size, carried, {"regulations": regulations, "normative_documents": int(size**0.6)})


class FigureMaker:
    """Makes the figures of reports in one version of the form, as flat lists in the order of the version's cells."""

    def __init__(self, version: FormVersion) -> None:
        """Prepare the weights of the version's outcomes.

        Raises:
            ValueError: the flow rows do not frame the outcomes, so that columns cannot be built in printed order.
        """
        rows = list(version.tables["applications"].rows.values())
        outcomes = [row for row in rows if row.is_outcome]
        frame = [row.id for row in rows if not row.is_outcome]
        if tuple(frame) != _FLOW_ROWS or rows[2:-2] != outcomes:
            raise ValueError(f"the flow rows of version {version.version} do not frame its outcomes: {frame}")
        self._version = version
        self._places = range(len(outcomes))
        self._weights = _outcome_weights([row.category for row in outcomes])
        self._nothing = [0] * (len(outcomes) + len(_FLOW_ROWS))

    def make_year(self, random: Random, state: BodyState) -> list[Value]:
        """The figures of the body's next year; `state` moves on by that year."""
        state.size *= random.uniform(0.8, 1.3)
        values: list[Value] = []
        for name, table in self._version.tables.items():
            if name == "applications":
                values.extend(self._applications(random, state))
            elif name == "reviews_and_lawsuits":
                values.extend(_cases(random, state, table))
            else:
                values.extend(_disclosures(random, state, table))
        return values

    def _applications(self, random: Random, state: BodyState) -> list[int]:
        columns = []
        for place, share in enumerate(_APPLICANT_SHARES):
            carried_in = state.carried_out[place]
            received = int(state.size * share * (0.5 + random.random()) + random.random() * 0.8)
            if not received and not carried_in:
                columns.append(self._nothing)
                continue
            carried_out = int((received + carried_in) * random.random() ** 3 * 0.3)
            decided = received + carried_in - carried_out
            columns.append([received, carried_in, *self._outcomes(random, decided), decided, carried_out])
            state.carried_out[place] = carried_out
        values: list[int] = []
        for row in zip(*columns, strict=True):
            values.extend(row)
            values.append(sum(row))
        return values

    def _outcomes(self, random: Random, decided: int) -> list[int]:
        """`decided` applications over the outcomes of the version."""
        counts = [0] * len(self._weights)
        if decided <= _FEW:
            for place in random.choices(self._places, weights=self._weights, k=decided):
                counts[place] += 1
            return counts
        left = decided
        for place, weight in enumerate(self._weights):
            count = min(left, int(decided * weight * (0.4 + random.random())))
            counts[place] = count
            left -= count
        counts[0] += left
        return counts


def _outcome_weights(categories: list[str]) -> list[float]:
    weights = []
    for place, category in enumerate(categories):
        rank = categories[:place].count(category) + 1
        weights.append(_CATEGORY_WEIGHTS[category] / rank**1.5)
    total = sum(weights)
    return [weight / total for weight in weights]


def _cases(random: Random, state: BodyState, table: Table) -> list[int]:
    values: list[int] = []
    parts = len(table.columns) - 1
    for _ in table.rows:
        row = [int(state.size * 0.006 * random.random() * 2) for _ in range(parts)]
        values.extend(row)
        values.append(sum(row))
    return values


def _disclosures(random: Random, state: BodyState, table: Table) -> list[Value]:
    values: list[Value] = []
    for row in table.rows:
        made = int(state.in_force.get(row, 0) * random.random() * 0.2)
        repealed = int(made * random.random())
        if row in state.in_force:
            state.in_force[row] += made - repealed
        for column in table.columns_of(row):
            values.append(_disclosure(random, state, column, row, made, repealed))
    return values


def _disclosure(random: Random, state: BodyState, column: str, row: str, made: int, repealed: int) -> Value:
    scale = state.size * random.lognormvariate(1.5, 1.0)
    match column:
        case "issued" | "newly_made" | "newly_disclosed":
            return made
        case "repealed":
            return repealed
        case "in_force" | "total_disclosed":
            return state.in_force[row]
        case "change":
            return random.randrange(-3, 4)
        case "prior_year_items" | "projects":
            return random.randrange(3, 60)
        case "amount_cny_10k":
            return f"{scale * 2:.2f}"
        case "amount_raw":
            return str(int(scale * 1000))
        case _:
            return int(scale)
