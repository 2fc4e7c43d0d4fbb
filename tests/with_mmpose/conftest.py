"""The tests that compare with MMPose itself. All have the marker `torch`."""

import warnings
from collections.abc import Iterator
from importlib.metadata import version

import pytest
from live import hooks, import_quietly, missing
from mmpose_stubs import install_stubs

MISSING = missing("make test-mmpose", "torch", "mmengine", "mmcv", "mmpose")
MUNKRES = "1.1.4"
IGNORED = ("ignore::DeprecationWarning", "ignore::UserWarning", "ignore::FutureWarning")

if not MISSING:
    if version("munkres") != MUNKRES:
        raise pytest.UsageError(
            f"munkres must be {MUNKRES}, but {version('munkres')} is installed. Others choose "
            "another of several assignments of equal cost (see docs/differences.md)"
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        install_stubs()
    import_quietly("mmpose.codecs", "mmpose.datasets", "mmpose.evaluation", "mmpose.models")

pytest_pycollect_makemodule, pytest_collection_modifyitems = hooks("with_mmpose", MISSING, IGNORED)


@pytest.fixture
def uninstalled() -> Iterator[None]:
    """Restores MMPose after the test."""
    from posecodec_rs.mmpose import uninstall

    yield
    uninstall()
