"""`posecodec_rs.deeplabcut`: results are those of DeepLabCut, and `uninstall` restores it."""

import pickle
from typing import Any

import deeplabcut
import live
import numpy as np
import pytest
import torch
from deeplabcut.pose_estimation_pytorch.models import target_generators as theirs
from hypothesis import given, settings
from hypothesis import strategies as st
from posecodec_rs import deeplabcut as ours

REGISTRY = theirs.TARGET_GENERATORS.module_dict
NAMES = [generator.__name__ for generator in ours.GENERATORS]


def state() -> list[Any]:
    """What `install` changes."""
    return [each[name] for name in NAMES for each in (REGISTRY, vars(theirs))]


restored = live.untouched(state, ours.uninstall)


class Batch:
    """Labels of a batch: animals inside and outside, undefined, missing and visible."""

    def __init__(self, seed: int, counts: Any, size: Any, stride: float, dtype: Any) -> None:
        self.rng = np.random.default_rng(seed)
        (self.batch, self.animals, self.count), self.dtype = counts, dtype
        (self.height, self.width), self.stride = size, stride
        shape = (self.batch, 1, self.height, self.width)
        self.outputs = {
            head: torch.zeros(shape) for head in ("heatmap", "locref", "paf", "offset", "x")
        }

    def keypoints(self, count: int, nan: bool, rounded: bool) -> Any:
        """Keypoints with visibilities, as a tensor."""
        counts = (self.batch, self.animals, count)
        points = self.rng.uniform(-0.2, 1.2, (*counts, 2)) * [self.width, self.height]
        points *= self.stride
        points = np.round(points) if rounded else points
        if nan and self.dtype is not np.int64:
            points[self.rng.uniform(size=counts) < 0.1] = np.nan
        visible = self.rng.choice([-1, 0, 1, 2], (*counts, 1), p=[0.1, 0.15, 0.6, 0.15])
        with np.errstate(invalid="ignore"):
            return torch.from_numpy(np.concatenate([points, visible], -1).astype(self.dtype))

    def compare(self, name: str, options: Any, labels: Any, atol: float) -> None:
        """Compare the targets of both generators."""
        want, got = (
            getattr(module, name)(**options)(self.stride, self.outputs, labels)
            for module in (theirs, ours)
        )
        assert got.keys() == want.keys()
        for head, targets in want.items():
            assert got[head].keys() == targets.keys()
            for key, target in targets.items():
                exact = target.dtype == torch.int64 or "Plateau" in name or key == "weights"
                tolerance = {"rtol": 0, "atol": 0} if exact else {"rtol": 2e-7, "atol": atol}
                torch.testing.assert_close(got[head][key], target, equal_nan=True, **tolerance)


BATCHES = st.builds(
    Batch,
    seed=st.integers(0, 2**32 - 1),
    counts=st.tuples(st.integers(1, 2), st.integers(0, 3), st.integers(1, 5)),
    size=st.tuples(st.integers(3, 30), st.integers(3, 30)),
    stride=st.sampled_from([0.5, 1, 2, 2.5, 3, 4.0, 8.0, 16]),
    dtype=st.sampled_from([np.float32, np.float64, np.int64]),
)


@pytest.mark.parametrize("name", ["HeatmapGaussianGenerator", "HeatmapPlateauGenerator"])
@settings(deadline=None, max_examples=60)
@given(
    BATCHES, st.sampled_from([5, 17]), st.booleans(), st.booleans(), st.booleans(), st.booleans()
)
def test_heatmaps(
    name: str, batch: Batch, distance: int, masked: bool, locref: bool, rounded: bool, nan: bool
) -> None:
    labels = {"keypoints": batch.keypoints(batch.count, nan, rounded)}
    options: dict[str, Any] = {
        "pos_dist_thresh": distance,
        "gradient_masking": masked,
        "generate_locref": locref,
    }
    batch.compare(name, {"num_heatmaps": batch.count + masked, **options}, labels, 1e-7)
    ids = np.stack([batch.rng.permutation(batch.animals) for _ in range(batch.batch)])
    ids[batch.rng.uniform(size=ids.shape) < 0.2] = -1
    labels["individual_ids"] = torch.from_numpy(ids)
    individuals = {"num_heatmaps": batch.animals, "heatmap_mode": "INDIVIDUAL", **options}
    batch.compare(name, individuals, labels, 1e-7)
    if batch.animals:
        single = {"keypoints": labels["keypoints"][:, 0]}
        batch.compare(name, {"num_heatmaps": batch.count, **options}, single, 1e-7)


@settings(deadline=None, max_examples=100)
@given(BATCHES, st.sampled_from([1, 5.0, 20.0, 40]), st.booleans(), st.booleans())
def test_part_affinity_fields(batch: Batch, width: float, rounded: bool, nan: bool) -> None:
    graph = batch.rng.integers(-1, batch.count + 1, (5, 2)).tolist()
    labels = {"keypoints": batch.keypoints(batch.count, nan, rounded)}
    options = {"graph": graph, "width": width}
    batch.compare("PartAffinityFieldGenerator", options, labels, 0)


@settings(deadline=None, max_examples=60)
@given(BATCHES, st.sampled_from([5, 17]), st.booleans())
def test_dekr(batch: Batch, distance: int, rounded: bool) -> None:
    areas = np.round(batch.rng.uniform(1, 4, (batch.batch, batch.animals))) * 300
    labels = {
        "keypoints": batch.keypoints(batch.count + 1, False, rounded),
        "area": torch.from_numpy(areas.astype(batch.rng.choice([np.float32, np.float64]))),
    }
    options = {"num_joints": batch.count, "pos_dist_thresh": distance}
    # In single precision, DeepLabCut's own rounding errors are this large.
    batch.compare("DEKRGenerator", options, labels, 2e-7 if batch.dtype is np.float32 else 1e-7)


@settings(deadline=None, max_examples=60)
@given(
    BATCHES,
    st.sampled_from([6, 1.5, 20.0, (4.9, 5.66)]),
    st.sampled_from([1.0, 2.0, 2.5]),
    st.sampled_from([{}, {"normalize": False}, {"smoothing_type": "standard"}, {"weight": 0.1}]),
    st.booleans(),
)
def test_simcc(batch: Batch, sigma: Any, ratio: float, smoothing: Any, nan: bool) -> None:
    if "weight" in smoothing:
        smoothing = {"smoothing_type": "standard", "label_smooth_weight": smoothing["weight"]}
    labels = {"keypoints": batch.keypoints(batch.count, nan, False)}
    size = (8 * batch.width, 8 * batch.height)
    options = {"input_size": size, "sigma": sigma, "simcc_split_ratio": ratio, **smoothing}
    batch.compare("SimCCGenerator", options, labels, 1e-7)


def test_install() -> None:
    before = theirs.PartAffinityFieldGenerator([[0, 1]], 20)
    ours.install()
    assert state() == [getattr(ours, name) for name in NAMES for _ in range(2)]
    generators = [
        {"type": "HeatmapPlateauGenerator", "num_heatmaps": 3, "pos_dist_thresh": 17},
        {"type": "PartAffinityFieldGenerator", "graph": [[0, 1]], "width": 20},
    ]
    config = {"type": "SequentialGenerator", "generators": generators}
    built = theirs.TARGET_GENERATORS.build(config)
    batch = Batch(0, (1, 2, 3), (5, 6), 8.0, np.float32)
    labels = {"keypoints": batch.keypoints(3, False, False)}
    assert built(8.0, batch.outputs, labels).keys() == {"heatmap", "locref", "paf"}
    assert isinstance(built.generators[1], ours.PartAffinityFieldGenerator)
    assert type(pickle.loads(pickle.dumps(before))).__module__.startswith("deeplabcut.")
    changed = state()
    ours.install()
    assert state() == changed


def test_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deeplabcut, "__version__", "3.1.0")
    with pytest.warns(UserWarning, match=r"DeepLabCut 3\.0\.2 .*, but 3\.1\.0 is"):
        ours.install()
