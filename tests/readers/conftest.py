"""What the tests of several systems share."""

from collections.abc import Callable
from functools import cache

import pytest

from crf2csr.study import Study
from tests.readers.demonstration import export


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Study]:
    """Return a function that gives the study at the small extract as a system exports it, written once."""
    return cache(lambda system: export(system, "as_enrolled", tmp_path_factory.mktemp(system)))
