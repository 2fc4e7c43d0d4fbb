"""`posecodec_rs.mmaction` in PYSKL: results are PYSKL's, and `uninstall` restores it."""

import pickle
from typing import Any

import live
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from posecodec_rs.mmaction import GeneratePoseTarget, install, uninstall
from pyskl.datasets import PIPELINES, pipelines
from pyskl.datasets.pipelines import Compose, heatmap_related

THEIRS = heatmap_related.GeneratePoseTarget


def state() -> list[Any]:
    """What `install` changes."""
    name = "GeneratePoseTarget"
    return [PIPELINES.get(name), getattr(pipelines, name), getattr(heatmap_related, name)]


restored = live.untouched(state, uninstall)


def test_install() -> None:
    step = THEIRS()
    install()
    ours, exported, theirs = state()
    assert issubclass(ours, GeneratePoseTarget)
    assert (exported, theirs) == (ours, THEIRS)
    assert type(pickle.loads(pickle.dumps(step))) is THEIRS
    before = state()
    install()
    assert state() == before


@settings(deadline=None, max_examples=150)
@given(
    st.integers(0, 2**32 - 1),
    st.fixed_dictionaries(
        {
            "sigma": st.sampled_from([0.6, 1.0, 2.3]),
            "use_score": st.booleans(),
            "double": st.booleans(),
            "scaling": st.sampled_from([1.0, 0.5, 1.3]),
        }
    ),
    st.booleans(),
    st.tuples(*[st.integers(0, 60)] * 2),
    st.integers(0, 3),
    st.booleans(),
)
def test_pipelines(
    seed: int, options: Any, limbs: bool, size: Any, people: int, rounded: bool
) -> None:
    """Keypoints are in single precision, as PYSKL's `PoseDecode` makes them."""
    rng = np.random.default_rng(seed)
    points = rng.uniform(-10, 70, (people, 3, 17, 2))
    points[:, :, 3] = points[:, :, 1] + rng.uniform(-1, 1, 2)  # a short limb
    points = np.round(points) if rounded else points
    scores = rng.choice([0, 1e-3, 9e-4, 0.3, 1], points.shape[:-1])
    sample = {
        "keypoint": points.astype(np.float32),
        "keypoint_score": scores.astype(np.float32),
        "img_shape": size,
    }
    config = {"type": "GeneratePoseTarget", **options, "with_kp": not limbs, "with_limb": limbs}
    # PYSKL scales the keypoints of the sample in place.
    want = Compose([config])({**sample, "keypoint": sample["keypoint"].copy()})["imgs"]
    install()
    pipeline = Compose([config])
    uninstall()
    assert isinstance(pipeline.transforms[0], GeneratePoseTarget)
    got = pipeline(sample)["imgs"]
    assert got.dtype == want.dtype
    np.testing.assert_allclose(got, want, rtol=0, atol=1e-6)
