"""The tests that compare with DeepLabCut itself: `nox --session deeplabcut`."""

from live import hooks, import_quietly, missing

MISSING = missing("nox --session deeplabcut", "torch", "deeplabcut")

if not MISSING:
    import_quietly("deeplabcut.pose_estimation_pytorch.models.target_generators")

pytest_pycollect_makemodule, pytest_collection_modifyitems = hooks("with_deeplabcut", MISSING)
