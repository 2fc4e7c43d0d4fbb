"""`posecodec_rs.sleap`: results are those of sleap-nn, and `uninstall` restores it."""

from typing import Any

import live
import numpy as np
import pytest
import sleap_nn
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from posecodec_rs import InvalidInputError, sleap
from sleap_nn.data import confidence_maps, edge_maps

NAMES = ("generate_confmaps", "generate_multiconfmaps", "generate_pafs")
THEIRS = (
    confidence_maps.generate_confmaps,
    confidence_maps.generate_multiconfmaps,
    edge_maps.generate_pafs,
)


def state() -> list[Any]:
    """What `install` changes."""
    return [vars(module).get(name) for module in (confidence_maps, edge_maps) for name in NAMES]


restored = live.untouched(state, sleap.uninstall)


@settings(deadline=None, max_examples=150)
@given(
    seed=st.integers(0, 2**32 - 1),
    counts=st.tuples(st.integers(1, 2), st.integers(0, 4), st.integers(1, 6)),
    size=st.tuples(st.integers(4, 90), st.integers(4, 90)),
    stride=st.sampled_from([1, 2, 3, 4, 8]),
    sigma=st.sampled_from([1.5, 2.5, 5.0, 15.0]),
    dtype=st.sampled_from([torch.float32, torch.float64]),
    rounded=st.booleans(),
    flat=st.booleans(),
)
def test_targets(
    seed: int, counts: Any, size: Any, stride: int, sigma: float, dtype: Any, rounded: bool,
    flat: bool,
) -> None:  # fmt: skip
    rng = np.random.default_rng(seed)
    points = rng.uniform(-20, 110, (*counts, 2))
    points = np.round(points) if rounded else points
    points[rng.uniform(size=counts) < 0.2] = np.nan
    points[rng.uniform(size=counts) < 0.02] = np.inf
    instances = torch.from_numpy(points).to(dtype)
    kept, count = instances.clone(), counts[2]
    edges = torch.Tensor(rng.integers(-count, count, (4, 2)))
    common = {"sigma": sigma, "output_stride": stride}
    calls = (
        ({"instance": instances}, 0),
        ({"instance": instances[:, 0]} if counts[1] else {"instance": instances}, 0),
        ({"instances": instances, "num_instances": counts[1]}, 1),
        ({"instances": instances, "num_instances": 1}, 1),
        ({"instances": instances[:, :, 0], "num_instances": 4, "is_centroids": True}, 1),
        ({"instances": instances, "edge_inds": edges, "flatten_channels": flat}, 2),
    )
    for arguments, number in calls:
        call = {**arguments, "img_hw": size, **common}
        theirs, ours = THEIRS[number](**call), getattr(sleap, NAMES[number])(**call)
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-6)
    assert torch.equal(instances.nan_to_num(), kept.nan_to_num())


def test_an_edge_out_of_range() -> None:
    instances, edges = torch.ones((1, 1, 3, 2)), torch.Tensor([[0, 3]])
    with pytest.raises(IndexError):
        THEIRS[2](instances, (8, 8), edge_inds=edges)
    with pytest.raises(InvalidInputError, match=r"^`edge_inds` "):
        sleap.generate_pafs(instances, (8, 8), edge_inds=edges)


def test_install() -> None:
    sleap.install()
    ours = [getattr(sleap, name) for name in NAMES]
    assert [found for found in state() if found is not None] == ours
    before = state()
    sleap.install()
    assert state() == before


def test_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sleap_nn, "__version__", "0.4.0")
    with pytest.warns(UserWarning, match=r"sleap-nn 0\.3\.5 .*, but 0\.4\.0 is"):
        sleap.install()
