"""The tests against the real MMPose: they are skipped where it is not installed."""

import warnings
from collections.abc import Iterator
from importlib.util import find_spec

import pytest
from mmpose_stand_ins import put_stand_ins

MISSING = [name for name in ("torch", "mmengine", "mmcv", "mmpose") if find_spec(name) is None]


if not MISSING:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of MMPose's own imports
        put_stand_ins()
        import mmpose.codecs
        import mmpose.datasets
        import mmpose.evaluation
        import mmpose.models  # noqa: F401


def pytest_pycollect_makemodule() -> None:
    """Skips this folder, for one reason, before a module of it imports what is missing."""
    if MISSING:
        pytest.skip(f"{', '.join(MISSING)} not installed: see `make test-mmpose`")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What MMPose deprecates or warns of is not ours to mend."""
    for item in items:
        if "with_mmpose" in item.path.parts:
            for category in ("DeprecationWarning", "UserWarning", "FutureWarning"):
                item.add_marker(pytest.mark.filterwarnings(f"ignore::{category}"))


@pytest.fixture
def uninstalled() -> Iterator[None]:
    """Leaves MMPose as it was."""
    from posecodec_rs.mmpose import uninstall

    yield
    uninstall()
