"""`posecodec_rs.sleap`: recorded results of sleap-nn, and wrong calls."""

from typing import Any

import numpy as np
import pytest
from posecodec_rs import InvalidInputError, sleap
from stacks import assert_same_targets, assert_unchanged, recorded

CALLS = recorded("sleap")
INSTANCES = np.ones((1, 2, 3, 2), np.float32)
EDGES = np.array([[0, 1]])


@pytest.mark.parametrize("number", range(len(CALLS)))
def test_recorded_results(number: int) -> None:
    (name, arguments), want = CALLS[number]
    assert_same_targets(assert_unchanged(sleap, name, arguments), want, 1e-6)


def test_every_function_is_recorded() -> None:
    functions = {name for name in sleap.__all__ if name.startswith("generate_")}
    assert {name for (name, _), _ in CALLS} == functions


def test_samples_share_their_maxima() -> None:
    """As in sleap-nn, which calls it with one sample."""
    instances = np.array([[[[4.0, 4.0]]], [[[12.0, 8.0]]]])
    maps = sleap.generate_multiconfmaps(instances, (16, 16), 1)
    assert maps.shape == (2, 1, 8, 8)
    np.testing.assert_array_equal(maps[0], maps[1])
    assert maps[0, 0, 2, 2] == maps[0, 0, 4, 6] == 1


def test_half_precision() -> None:
    """Computed in single precision."""
    instances = np.random.default_rng(0).uniform(0, 32, (1, 2, 3, 2)).astype(np.float16)
    single = instances.astype(np.float32)
    got, want = (sleap.generate_pafs(i, (32, 32), edge_inds=EDGES) for i in (instances, single))
    assert got.dtype == want.dtype
    np.testing.assert_array_equal(got, want)


@pytest.mark.torch
def test_tensors() -> None:
    torch = pytest.importorskip("torch")
    for dtype in (torch.float32, torch.float64):
        maps = sleap.generate_confmaps(torch.ones((1, 2, 2), dtype=dtype), (8, 8))
        assert (type(maps), maps.dtype) == (torch.Tensor, dtype)
    fields = sleap.generate_pafs(torch.ones((1, 2, 3, 2)), (8, 8), edge_inds=torch.Tensor([[0, 1]]))
    assert (type(fields), fields.dtype) == (torch.Tensor, torch.float32)


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: sleap.generate_confmaps(INSTANCES[0, 0], (8, 8)), "instance"),
        (lambda: sleap.generate_confmaps([[1, 2]], (8, 8)), "instance"),
        (lambda: sleap.generate_confmaps(INSTANCES[..., :1], (8, 8), 0), "sigma"),
        (lambda: sleap.generate_confmaps(INSTANCES, (0, 8)), "img_hw"),
        (lambda: sleap.generate_confmaps(INSTANCES, (8, 8), 1.5, 0), "output_stride"),
        (lambda: sleap.generate_confmaps(INSTANCES, (8, 8), -1), "sigma"),
        (lambda: sleap.generate_multiconfmaps(INSTANCES[0], (8, 8), 2), "instances"),
        (
            lambda: sleap.generate_multiconfmaps(INSTANCES, (8, 8), 2, is_centroids=True),
            "instances",
        ),
        (lambda: sleap.generate_pafs(INSTANCES, (8, 8)), "edge_inds"),
        (lambda: sleap.generate_pafs(INSTANCES, (8, 8), edge_inds=np.array([[0, 3]])), "edge_inds"),
        (lambda: sleap.generate_pafs(INSTANCES, (8, 8), edge_inds=np.array([0, 1])), "edge_inds"),
        (
            lambda: sleap.generate_pafs(INSTANCES[:, :0], (8, 8), edge_inds=np.array([[0, 3]])),
            "edge_inds",
        ),
        (lambda: sleap.generate_pafs(INSTANCES[0], (8, 8), edge_inds=EDGES), "instances"),
        (lambda: sleap.generate_pafs(INSTANCES, (8, 8), np.nan, edge_inds=EDGES), "sigma"),
    ],
)
def test_wrong_calls(call: Any, argument: str) -> None:
    with pytest.raises(InvalidInputError, match=f"^`{argument}` "):
        call()
