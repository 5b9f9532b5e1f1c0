"""Random examples that are the same in every order of tests.

Hypothesis draws some values from the constants of whatever modules of the project are imported by then, so that another
order, or another process, would test other examples even where they are derandomized. There is no setting for it.
"""

import pytest
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants


def _no_constants() -> Constants:
    return Constants()


def pytest_configure(config: pytest.Config) -> None:
    """Let Hypothesis find no constants in modules.

    Raises:
        AttributeError: this version of Hypothesis looks for them elsewhere.
    """
    patch = pytest.MonkeyPatch()
    patch.setattr(providers, "_get_local_constants", _no_constants)
    config.add_cleanup(patch.undo)
