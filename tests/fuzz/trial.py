"""One mutated document, read: it must give a valid raw extracted JSON or a typed rejection, in time."""

import faulthandler
import time
import traceback
from random import Random

import msgspec
from msgspec import Struct

from pipelines.extract.document import extract_document, read_reports
from pipelines.extract.errors import Unreadable
from pipelines.extract.readers.registry import read_pieces
from pipelines.validation.chunks import Payload
from pipelines.validation.payloads import Accepted, validate
from tests.fuzz.mutations import mutate
from tests.fuzz.sources import draw_layout, draw_source

SLOWEST = 20.0  # CPU seconds for one document
HANG = 300.0  # seconds after which the process gives up and says where it hung
CAPTURED_AT = "2025-04-01T00:00:00Z"


class Trial(Struct, frozen=True):
    """How a mutated document was read: `outcome` is `read` or why it was refused; `failure` says what broke."""

    seed: str
    layout: str
    changes: list[str]
    seconds: float
    outcome: str
    failure: str = ""


def draw_document(seed: str) -> tuple[bytes, str, list[str]]:
    """The mutated document of a seed, its layout and what was done to it."""
    chance = Random(seed)  # noqa: S311 - a sample, no secret
    layout = draw_layout(chance)
    is_same = chance.random() < 0.7
    source, other = draw_source(chance, layout), draw_source(chance, layout if is_same else draw_layout(chance))
    content, changes = mutate(chance, source, other)
    return content, layout or "sample", changes


def run_trial(seed: str) -> Trial:
    """Read the mutated document of a seed and judge what comes out."""
    content, layout, changes = draw_document(seed)
    faulthandler.dump_traceback_later(HANG, exit=True)
    started = time.process_time()
    try:
        document = extract_document(content, "report", CAPTURED_AT)
        seconds = time.process_time() - started
        rejection = document.rejection
        if rejection is not None and rejection.reason == "reader_error":
            failure = _exception(content, document.document.media_type)
        else:
            verdict = validate(Payload(msgspec.json.encode(document), "fuzz", 0))
            failure = "" if isinstance(verdict, Accepted) else f"{verdict.reason}: {verdict.detail}"
        outcome = "read" if rejection is None else rejection.reason
    except Exception:
        seconds, outcome, failure = time.process_time() - started, "exception", traceback.format_exc()
    finally:
        faulthandler.cancel_dump_traceback_later()
    if not failure and seconds > SLOWEST:
        failure = f"took {seconds:.1f} s"
    return Trial(seed, layout, changes, seconds, outcome, failure)


def _exception(content: bytes, media_type: str) -> str:
    """The traceback behind a `reader_error`; empty if the reader itself said that the file is damaged."""
    try:
        read_reports(read_pieces(content, media_type), "report")
    except Unreadable:
        return ""
    except Exception:
        return traceback.format_exc()
    return "reader_error, but no exception when read again"


def run_trials(seeds: list[str]) -> list[Trial]:
    """Several trials in one process."""
    return [run_trial(seed) for seed in seeds]
