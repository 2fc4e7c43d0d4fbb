"""The tests that compare with MMPose itself. All have the marker `torch`."""

import warnings
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec

import pytest
from mmpose_stubs import install_stubs

MISSING = [name for name in ("torch", "mmengine", "mmcv", "mmpose") if find_spec(name) is None]


MUNKRES = "1.1.4"

if not MISSING:
    if version("munkres") != MUNKRES:
        raise pytest.UsageError(
            f"munkres must be {MUNKRES}, but {version('munkres')} is installed. Others choose "
            "another of several assignments of equal cost (see docs/differences.md)"
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # MMPose's own imports warn
        install_stubs()
        import mmpose.codecs
        import mmpose.datasets
        import mmpose.evaluation
        import mmpose.models  # noqa: F401


def pytest_pycollect_makemodule() -> None:
    """Skips the modules of this folder before they import what is missing."""
    if MISSING:
        pytest.skip(f"{', '.join(MISSING)} not installed: see `make test-mmpose`")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests of this folder. The warnings of MMPose's own code are ignored."""
    for item in items:
        if "with_mmpose" in item.path.parts:
            item.add_marker("torch")
            for category in ("DeprecationWarning", "UserWarning", "FutureWarning"):
                item.add_marker(pytest.mark.filterwarnings(f"ignore::{category}"))


@pytest.fixture
def uninstalled() -> Iterator[None]:
    """Restores MMPose after the test."""
    from posecodec_rs.mmpose import uninstall

    yield
    uninstall()
