"""Fixtures and collection rules of all tests."""

import os
from collections.abc import Iterator
from importlib.util import find_spec

import numpy as np
import posecodec_rs
import pytest
from _pytest.runner import runtestprotocol
from numpy.random import Generator

# Their assertions report the values that they compare.
pytest.register_assert_rewrite("comparison", "specs")

LIVE = ("deeplabcut", "mmaction", "mmpose", "mmpose0", "sleap", "transformers")
"""Projects that some tests compare with, if they are installed."""

NEEDS_TORCH = ["test_loaders.py", "test_torch.py", *(f"with_{name}" for name in LIVE)]
"""Modules that import torch at their top. Single tests that need it have the marker `torch`."""

collect_ignore = [] if find_spec("torch") else NEEDS_TORCH


def pytest_configure() -> None:
    """Gives all processes of pytest-xdist the same order of sets, and so of tests."""
    os.environ.setdefault("PYTHONHASHSEED", "0")


def pytest_report_header() -> str | None:
    """Reports what is not collected where torch is not installed."""
    if not collect_ignore:
        return None
    return f"torch is not installed: {', '.join(NEEDS_TORCH)} left to `make test-mmpose`"


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Sends one report per test that passes from the workers of pytest-xdist, instead of three.

    Of thousands of quick tests, sending the reports would take longer than running the tests.
    """
    if not hasattr(item.config, "workerinput"):
        return None
    for report in runtestprotocol(item, log=False, nextitem=nextitem):
        if report.when == "call" or not report.passed:
            if report.passed:
                report.keywords = {}  # the longest part, which is read of skipped tests only
            item.ihook.pytest_runtest_logreport(report=report)
    return True


@pytest.fixture
def rng() -> Generator:
    """A random number generator with the same seed in every test."""
    return np.random.default_rng(20_240_229)


@pytest.fixture(autouse=True)
def usual_settings() -> Iterator[None]:
    """Restores the settings of the process after each test."""
    yield
    posecodec_rs.set_num_threads(0)
    posecodec_rs.force_simd_tier(None)
