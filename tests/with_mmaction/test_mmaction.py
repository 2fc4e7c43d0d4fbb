"""`posecodec_rs.mmaction`: results are those of MMAction2, and `uninstall` restores it."""

import pickle
from typing import Any

import live
import mmaction
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mmaction.datasets import transforms
from mmaction.datasets.transforms import pose_transforms
from mmaction.registry import TRANSFORMS
from posecodec_rs.mmaction import GeneratePoseTarget, install, uninstall

THEIRS = pose_transforms.GeneratePoseTarget


def state() -> list[Any]:
    """What `install` changes."""
    name = "GeneratePoseTarget"
    return [TRANSFORMS.module_dict[name], getattr(transforms, name), getattr(pose_transforms, name)]


restored = live.untouched(state, uninstall)


OPTIONS = st.fixed_dictionaries(
    {
        "sigma": st.sampled_from([0.6, 1.0, 2.3]),
        "use_score": st.booleans(),
        "double": st.booleans(),
        "scaling": st.sampled_from([1.0, 0.5, 1.3]),
    }
)
KINDS = st.sampled_from([(True, False), (False, True), (True, True)])
TYPES = st.sampled_from([np.float16, np.float32, np.float64])


@settings(deadline=None, max_examples=150)
@given(
    st.integers(0, 2**32 - 1), OPTIONS, KINDS, TYPES, st.tuples(*[st.integers(0, 60)] * 2),
    st.integers(0, 3), st.integers(0, 3), st.booleans(), st.booleans(),
)  # fmt: skip
def test_heatmaps(
    seed: int, options: Any, kinds: Any, dtype: Any, size: Any, people: int, frames: int,
    rounded: bool, scored: bool,
) -> None:  # fmt: skip
    rng = np.random.default_rng(seed)
    points = rng.uniform(-10, 70, (people, frames, 17, 2))
    points[:, :, 3] = points[:, :, 1] + rng.uniform(-1, 1, 2)  # a short limb
    points = np.round(points) if rounded else points
    sample = {"keypoint": points.astype(dtype), "img_shape": size}
    if scored:
        scores = rng.choice([0, 1e-4, 9e-5, 0.3, 1], points.shape[:-1])
        sample["keypoint_score"] = scores.astype(dtype)
    options |= {"with_kp": kinds[0], "with_limb": kinds[1]}
    theirs, ours = (step(**options)(dict(sample)) for step in (THEIRS, GeneratePoseTarget))
    assert theirs.keys() == ours.keys()
    assert theirs["imgs"].dtype == ours["imgs"].dtype
    np.testing.assert_allclose(ours["imgs"], theirs["imgs"], rtol=0, atol=1e-6)


def test_install() -> None:
    step = THEIRS()
    install()
    assert state() == [GeneratePoseTarget, GeneratePoseTarget, THEIRS]
    built = TRANSFORMS.build({"type": "GeneratePoseTarget", "sigma": 0.8})
    assert type(built) is GeneratePoseTarget
    assert repr(built) == repr(THEIRS(sigma=0.8))
    assert type(pickle.loads(pickle.dumps(step))) is THEIRS
    before = state()
    install()
    assert state() == before


def test_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mmaction, "__version__", "1.3.0")
    with pytest.warns(UserWarning, match=r"MMAction2 1\.2\.0 .*, but 1\.3\.0 is"):
        install()
