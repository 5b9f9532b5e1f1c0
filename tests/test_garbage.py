"""Searches for cycles: rare within a context and as they were after it, also where one context is in another."""

import gc

from pipelines.garbage import THRESHOLD, leave_out_of_searches, rare_garbage_collection


def test_searches_are_rare_in_the_context_and_as_before_after_it() -> None:
    before = gc.get_threshold()
    with rare_garbage_collection():
        assert gc.get_threshold()[0] == THRESHOLD
        with rare_garbage_collection():
            pass
        assert gc.get_threshold()[0] == THRESHOLD
        assert gc.get_freeze_count() > 0  # fewer than before, maybe: what is left out still goes when it is not needed
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)


def test_what_is_made_later_is_left_out_to_the_end_of_the_context_only() -> None:
    leave_out_of_searches()
    assert gc.get_freeze_count() == 0
    with rare_garbage_collection():
        before = gc.get_freeze_count()
        kept = [[number] for number in range(10_000)]
        leave_out_of_searches()
        assert gc.get_freeze_count() > before + len(kept) // 2
    assert gc.get_freeze_count() == 0
