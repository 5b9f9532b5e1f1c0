"""What a claim's agreement means by the declared kinds, as `int_claim_conflicts` has it."""

from contracts.claims import claim_rules


def verdict_of(kind: str, agrees: bool | None) -> str:
    """`agrees`, `not_assessed`, or what a conflict of this kind is."""
    if agrees is None:
        return "not_assessed"
    return "agrees" if agrees else claim_rules().kinds[kind].conflict
