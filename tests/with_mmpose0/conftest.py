"""The tests that compare with MMPose 0.x itself: `nox --session mmpose0`."""

from importlib.metadata import PackageNotFoundError, version

from live import hooks, import_quietly

try:
    INSTALLED = version("mmpose").startswith("0.")
except PackageNotFoundError:
    INSTALLED = False

MISSING = "" if INSTALLED else "MMPose 0.x is not installed: see `nox --session mmpose0`"

if not MISSING:
    import_quietly("mmpose.models", "mmpose.datasets")

pytest_pycollect_makemodule, pytest_collection_modifyitems = hooks("with_mmpose0", MISSING)
