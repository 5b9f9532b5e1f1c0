"""What a reader raises when a document cannot be read."""


class Unreadable(Exception):  # noqa: N818 - a verdict on a document, not a fault of the program
    """A document has no text, or not just one report, that could be read.

    Attributes:
        reason: one of `contracts.raw_json.REJECTION_REASONS`.
        detail: what was found, in one sentence.
    """

    def __init__(self, reason: str, detail: str) -> None:
        """Keep the reason and the detail apart, so that a rejection can be written from them."""
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
