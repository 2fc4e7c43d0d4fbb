"""The tests that compare with MMPose 0.x itself: `nox --session mmpose0`."""

import warnings
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

import pytest

try:
    MISSING = not version("mmpose").startswith("0.")
except PackageNotFoundError:
    MISSING = True

if not MISSING:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # MMPose's own imports warn
        import_module("mmpose.models")
        import_module("mmpose.datasets")


def pytest_pycollect_makemodule() -> None:
    """Skips the modules of this folder before they import what is missing."""
    if MISSING:
        pytest.skip("MMPose 0.x is not installed: see `nox --session mmpose0`")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests of this folder. The warnings of MMPose's own code are ignored."""
    for item in items:
        if "with_mmpose0" in item.path.parts:
            item.add_marker("torch")
            item.add_marker(pytest.mark.filterwarnings("ignore"))
