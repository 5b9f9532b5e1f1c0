"""What the owner of worker processes and its workers tell each other, as MessagePack: an answer is nothing but data."""

from typing import Self

import msgspec
from msgspec import Struct

from contracts.raw_json import Rejection
from pipelines.archive import DEFAULT_TIER


class Message(Struct, frozen=True, kw_only=True):
    """What is sent from process to process."""

    def encode(self) -> bytes:
        """The message as bytes."""
        return msgspec.msgpack.encode(self)

    @classmethod
    def decode(cls, sent: bytes) -> Self:
        """The message that was sent.

        Raises:
            msgspec.DecodeError: it is another one.
        """
        return msgspec.msgpack.decode(sent, type=cls)


class Task(Message, frozen=True, kw_only=True):
    """One document to extract; `path` is its archived copy, `seconds` the wall time that it may take."""

    sha256: str
    path: str
    source_uri: str
    captured_at: str
    source_tier: int = DEFAULT_TIER
    seconds: float


class Answer(Message, frozen=True, kw_only=True):
    """A document's raw extracted JSON, or the reason why the reader gave none.

    `rejection` is also that of the JSON, if it has one. After an answer that `is_last` the process ends.
    """

    line: bytes = b""
    rejection: Rejection | None = None
    is_last: bool = False
