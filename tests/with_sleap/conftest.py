"""The tests that compare with sleap-nn itself: `nox --session sleap`."""

from live import hooks, import_quietly, missing

MISSING = missing("nox --session sleap", "torch", "sleap_nn")

if not MISSING:
    import_quietly("sleap_nn.data.edge_maps")

pytest_pycollect_makemodule, pytest_collection_modifyitems = hooks("with_sleap", MISSING)
