"""Where codecs that lift 2D poses to 3D differ from MMPose 1.3.2 on purpose.

The first line of each test describes what MMPose does with the same input.
"""

from typing import Any

import numpy as np
import pytest
from comparison import assert_same
from numpy.random import Generator
from numpy.typing import NDArray
from posecodec_rs import ImagePoseLifting, MotionBERTLabel, VideoPoseLifting
from specs.shared.lifting import CAMERA


def lifted(rng: Generator, *frames: int) -> NDArray[np.float64]:
    """3D poses of 17 keypoints, some meters from a camera."""
    return rng.normal([0, 0, 5], 0.5, (*frames, 17, 3))


def test_additional_keys_stay_with_their_codec() -> None:
    """MMPose: adds them to the class, and so to every codec made before and after."""
    ImagePoseLifting(17, additional_encode_keys=["camera_param"])
    assert "camera_param" not in ImagePoseLifting(17).auxiliary_encode_keys
    assert "camera_param" not in ImagePoseLifting.auxiliary_encode_keys


@pytest.mark.parametrize("cls", [ImagePoseLifting, VideoPoseLifting, MotionBERTLabel])
def test_lifting_without_a_target(cls: Any, rng: Generator) -> None:
    """MMPose: `AttributeError: 'list' object has no attribute 'shape'`, or of `NoneType`."""
    camera = {} if cls is ImagePoseLifting else {"camera_param": CAMERA}
    encoded = cls(17).encode(rng.uniform(0, 900, (1, 17, 2)), **camera)
    assert not {"lifting_target_label", "trajectory_weights", "target_root"} & set(encoded)
    assert "keypoint_labels" in encoded
    if cls is MotionBERTLabel:
        assert_same(encoded["factor"], np.full((1, 1), 4, np.float32))


@pytest.mark.parametrize("cls", [ImagePoseLifting, VideoPoseLifting])
@pytest.mark.parametrize("flat", [False, True])
def test_removing_a_root_other_than_the_first(cls: Any, flat: bool, rng: Generator) -> None:
    """MMPose: `IndexError`, as it removes a frame of the visibilities, or `AxisError`."""
    target, visible = lifted(rng, 1), np.arange(17.0)[None] % 3
    if flat:
        target, visible = target[0], visible[0]
    camera = {} if cls is ImagePoseLifting else {"camera_param": CAMERA}
    codec = cls(17, root_index=7, remove_root=True)
    encoded = codec.encode(rng.uniform(0, 900, (1, 17, 2)), None, target, visible, **camera)
    weights = np.float32(visible > 0.5)
    assert_same(encoded["lifting_target_weight"], np.delete(weights, 7, axis=-1))
    assert_same(encoded["trajectory_weights"], weights)
    root = target[..., 7:8, :].astype(encoded["target_root"].dtype)
    assert_same(encoded["lifting_target_label"], np.delete(target - root, 7, axis=-2))


@pytest.mark.parametrize("frames", [2, 17])
def test_roots_of_several_frames(frames: int, rng: Generator) -> None:
    """MMPose: `ValueError`, or with as many frames as keypoints, one root per joint."""
    target = lifted(rng, frames).astype(np.float32)
    codec = ImagePoseLifting(17, root_index=3)
    encoded = codec.encode(rng.uniform(0, 900, (1, 17, 2)), None, target)
    assert_same(encoded["target_root"], target[:, 3])
    assert_same(encoded["lifting_target_label"], target - target[:, 3:4])


@pytest.mark.parametrize("poses", [2, 17])
@pytest.mark.parametrize("cls", [ImagePoseLifting, VideoPoseLifting])
def test_one_root_per_pose(cls: Any, poses: int, rng: Generator) -> None:
    """MMPose: `ValueError`, or with as many poses as keypoints, one root per keypoint."""
    encoded, roots = rng.normal(0, 1, (poses, 17, 3)), rng.normal(0, 1, (poses, 3))
    points, _ = cls(17).decode(encoded, roots)
    assert_same(points, encoded + roots[:, None])


def test_one_factor_per_pose(rng: Generator) -> None:
    """MMPose: `ValueError`, or with as many poses as keypoints, one factor per keypoint."""
    codec = MotionBERTLabel(17)
    for poses in (2, 17):
        encoded, factor = rng.normal(0, 1, (poses, 17, 3)), rng.uniform(1, 2, poses)
        assert_same(
            codec.decode(encoded, factor=factor), codec.decode(encoded, factor=factor[:, None])
        )


def test_a_flat_principal_point(rng: Generator) -> None:
    """MMPose: (2, 2) numbers for a principal point of shape (2,), by broadcasting."""
    codec = VideoPoseLifting(17, normalize_camera=True)
    keypoints = rng.uniform(0, 900, (1, 17, 2))
    flat = CAMERA | {key: CAMERA[key].ravel() for key in "fc"}
    got, want = (
        codec.encode(keypoints, camera_param=camera)["camera_param"] for camera in (flat, CAMERA)
    )
    for key in "fc":
        assert_same(got[key], want[key].ravel())


@pytest.mark.parametrize("dtype", [np.int64, np.uint8, np.float16])
def test_integer_and_half_poses(dtype: type, rng: Generator) -> None:
    """MMPose: integers where nothing is computed, truncated labels, or `UFuncTypeError`."""
    wide = np.float64 if dtype is np.int64 else np.float32
    keypoints, target = (rng.integers(1, 99, (3, 17, dims)).astype(dtype) for dims in (2, 3))
    visible = np.ones((3, 17))
    for codec, camera in (
        (ImagePoseLifting(17), {}),
        (VideoPoseLifting(17), {"camera_param": CAMERA}),
        (MotionBERTLabel(17), {"camera_param": CAMERA}),
    ):
        got = codec.encode(keypoints, visible, target, visible, **camera)
        want = codec.encode(keypoints.astype(wide), visible, target.astype(wide), visible, **camera)
        assert_same(got, want)


def test_half_poses_are_decoded_in_single_precision(rng: Generator) -> None:
    """MMPose: rounds every step of MotionBERT's decoding to float16."""
    codec, encoded = MotionBERTLabel(17), rng.normal(0, 1, (2, 17, 3)).astype(np.float16)
    size = np.full(2, 1000.0)
    got, want = (codec.decode(x, size, size)[0] for x in (encoded, encoded.astype(np.float32)))
    assert_same(got, want.astype(np.float16))


def test_target_means_with_several_roots() -> None:
    """MMPose: needs K - 1 means where `remove_root` removes none of several, and then for K."""
    means = {"target_mean": np.ones((17, 3)), "target_std": np.ones((17, 3))}
    codec = ImagePoseLifting(17, root_index=[1, 2], remove_root=True, **means)
    assert codec.decode(np.zeros((1, 17, 3)))[0].shape == (1, 17, 3)
