"""The tests that compare with sleap-nn itself: `nox --session sleap`."""

import warnings
from importlib import import_module
from importlib.util import find_spec

import pytest

MISSING = [name for name in ("torch", "sleap_nn") if find_spec(name) is None]

if not MISSING:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of its own imports
        import_module("sleap_nn.data.edge_maps")


def pytest_pycollect_makemodule() -> None:
    """Skips the modules of this folder before they import what is missing."""
    if MISSING:
        pytest.skip(f"{', '.join(MISSING)} not installed: see `nox --session sleap`")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests of this folder. The warnings of sleap-nn's own code are ignored."""
    for item in items:
        if "with_sleap" in item.path.parts:
            item.add_marker("torch")
            item.add_marker(pytest.mark.filterwarnings("ignore"))
