"""Figures: what was read of one number of the prose, before it is compared with anything."""

from msgspec import Struct

from contracts.claims import claim_rules


class Statement(Struct):
    """One figure of the prose. `start`/`end` place the number and `quote` the clause, as positions in the prose.

    `may_be_part`: its words leave open whether it counts all that its kind names. `rest` are the
    categories that the list before it does not name, if it only says that it is the rest.
    """

    kind: str
    value: int
    members: tuple[str, ...]
    start: int
    end: int
    quote: tuple[int, int]
    paragraph: int
    sentence: int
    case: str = ""
    inherited: bool = False
    may_be_part: bool = False
    rest: tuple[str, ...] = ()

    @property
    def role(self) -> str:
        """The part the kind plays in lists: a total, an outcome, a channel and so on."""
        return claim_rules().kinds[self.kind].role


class Antecedent(Struct):
    """The number that a following `all` stands for."""

    value: int
    start: int
    end: int
    quote_start: int
