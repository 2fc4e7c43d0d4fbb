"""The tests that compare with MMAction2 itself: `nox --session mmaction`."""

from live import hooks, import_quietly, missing

MISSING = missing("nox --session mmaction", "torch", "mmaction")

if not MISSING:
    import_quietly("mmaction.datasets.transforms.pose_transforms")

pytest_pycollect_makemodule, pytest_collection_modifyitems = hooks("with_mmaction", MISSING)
