"""Which payloads of a file of raw extracted JSON came to nothing, and why."""

import hashlib
from collections.abc import Collection
from pathlib import Path

from pipelines.capture import printable
from pipelines.inbox import Part
from pipelines.validation.chunks import plan_chunks, read_payloads
from pipelines.validation.payloads import Refused, validate


def hash_payloads(shard: Path) -> list[str]:
    """The hash of each payload of a file, in order.

    Raises:
        OSError: it cannot be read.
    """
    payloads = (payload for chunk in plan_chunks([shard]) for payload in read_payloads(chunk))
    return [hashlib.sha256(payload.content).hexdigest() for payload in payloads]


def find_refused(shard: Path, unknown: Collection[str]) -> list[Part]:
    """The payloads that break the contract, and those that say themselves why their document could not be read.

    Args:
        shard: the file.
        unknown: the hashes of its payloads that the warehouse does not hold as read; only they are looked at.

    Raises:
        OSError: it cannot be read.
    """
    if not unknown:
        return []
    refused: list[Part] = []
    for payload in (payload for chunk in plan_chunks([shard]) for payload in read_payloads(chunk)):
        if hashlib.sha256(payload.content).hexdigest() not in unknown:
            continue
        found = validate(payload)
        if isinstance(found, Refused):
            refused.append(Part(found.document_sha256, printable(found.source_uri), found.reason, found.detail))
        elif found.document.rejection is not None:
            info, rejection = found.document.document, found.document.rejection
            refused.append(Part(info.sha256, printable(info.source_uri), rejection.reason, rejection.detail))
    return refused
