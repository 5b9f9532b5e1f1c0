"""Damaged text: what can be put right beyond doubt is, and said; a damaged number is no number any more."""

from pipelines.extract.damage.lost import refuse_lost_text
from pipelines.extract.damage.mojibake import Repaired, repair_encoding
from pipelines.extract.damage.readable import as_printed, list_repairs, make_readable

__all__ = ["Repaired", "as_printed", "list_repairs", "make_readable", "refuse_lost_text", "repair_encoding"]
