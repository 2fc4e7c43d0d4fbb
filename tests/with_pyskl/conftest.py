"""The tests that compare with PYSKL itself: `nox --session pyskl -- CHECKOUT`."""

from live import hooks, import_quietly, missing

MISSING = missing("nox --session pyskl -- CHECKOUT", "torch", "pyskl")

if not MISSING:
    import_quietly("pyskl.datasets.pipelines.heatmap_related")

pytest_pycollect_makemodule, pytest_collection_modifyitems = hooks("with_pyskl", MISSING)
