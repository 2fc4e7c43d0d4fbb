"""The tests that compare with DeepLabCut itself: `nox --session deeplabcut`."""

import warnings
from importlib import import_module
from importlib.util import find_spec

import pytest

MISSING = [name for name in ("torch", "deeplabcut") if find_spec(name) is None]

if not MISSING:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of its own imports
        import_module("deeplabcut.pose_estimation_pytorch.models.target_generators")


def pytest_pycollect_makemodule() -> None:
    """Skips the modules of this folder before they import what is missing."""
    if MISSING:
        pytest.skip(f"{', '.join(MISSING)} not installed: see `nox --session deeplabcut`")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests of this folder. The warnings of DeepLabCut's own code are ignored."""
    for item in items:
        if "with_deeplabcut" in item.path.parts:
            item.add_marker("torch")
            item.add_marker(pytest.mark.filterwarnings("ignore"))
