"""What all tests share."""

from collections.abc import Iterator

import numpy as np
import posecodec_rs
import pytest
from numpy.random import Generator


@pytest.fixture
def rng() -> Generator:
    """A source of random numbers that begins the same way in every test."""
    return np.random.default_rng(20_240_229)


@pytest.fixture(autouse=True)
def usual_settings() -> Iterator[None]:
    """Puts the settings of the process back after each test."""
    yield
    posecodec_rs.set_num_threads(0)
    posecodec_rs.force_simd_tier(None)
