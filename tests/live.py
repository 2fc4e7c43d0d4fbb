"""What the folders of tests that compare with a real project have in common."""

import warnings
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest


def missing(see: str, *names: str) -> str:
    """Why the tests of a folder are skipped; empty if the packages are installed."""
    absent = [name for name in names if find_spec(name) is None]
    return f"{', '.join(absent)} not installed: see `{see}`" if absent else ""


def import_quietly(*modules: str) -> None:
    """Import modules that warn while they are imported."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for module in modules:
            import_module(module)


def hooks(
    folder: str, skipped: str, ignored: tuple[str, ...] = ("ignore",)
) -> tuple[Callable[[], None], Callable[[list[pytest.Item]], None]]:
    """The `pytest_pycollect_makemodule` and `pytest_collection_modifyitems` of a folder.

    The first skips modules before they import what is missing. The second marks the tests, and
    ignores warnings of the project's own code.
    """

    def pytest_pycollect_makemodule() -> None:
        if skipped:
            pytest.skip(skipped)

    def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
        for item in items:
            if folder in item.path.parts:
                item.add_marker("torch")
                for category in ignored:
                    item.add_marker(pytest.mark.filterwarnings(category))

    return pytest_pycollect_makemodule, pytest_collection_modifyitems


def untouched(state: Callable[[], Any], uninstall: Callable[[], object]) -> Any:
    """A fixture of each test of a module: after the test, `uninstall` restores the project.

    Args:
        state: Returns what `install` changes.
        uninstall: Takes the changes back.
    """

    @pytest.fixture(autouse=True)
    def restored() -> Iterator[None]:
        before = state()
        yield
        uninstall()
        assert state() == before

    return restored
