"""The tests that compare with transformers itself: `nox --session transformers`."""

import warnings
from importlib import import_module
from importlib.util import find_spec

import pytest

MISSING = [name for name in ("torch", "torchvision", "transformers") if find_spec(name) is None]

if not MISSING:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torchvision's and transformers' own
        import_module("transformers.models.vitpose.image_processing_vitpose")


def pytest_pycollect_makemodule() -> None:
    """Skips the modules of this folder before they import what is missing."""
    if MISSING:
        pytest.skip(f"{', '.join(MISSING)} not installed: see `nox --session transformers`")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests of this folder. The warnings of transformers' own code are ignored."""
    for item in items:
        if "with_transformers" in item.path.parts:
            item.add_marker("torch")
            item.add_marker(pytest.mark.filterwarnings("ignore"))
