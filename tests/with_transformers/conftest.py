"""The tests that compare with transformers itself: `nox --session transformers`."""

from live import hooks, import_quietly, missing

MISSING = missing("nox --session transformers", "torch", "torchvision", "transformers")

if not MISSING:
    import_quietly("transformers.models.vitpose.image_processing_vitpose")

pytest_pycollect_makemodule, pytest_collection_modifyitems = hooks("with_transformers", MISSING)
