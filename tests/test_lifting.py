"""Properties of the codecs that lift 2D poses to 3D: round trips, targets, cameras, roots."""

from typing import Any

import numpy as np
import pytest
from comparison import assert_same
from numpy.random import Generator
from numpy.typing import NDArray
from posecodec_rs import ImagePoseLifting, MotionBERTLabel, VideoPoseLifting
from specs import SPECS, Config, Spec, each, of_family
from specs.image_pose_lifting import STATISTICS
from specs.shared.lifting import CAMERA, TARGETS
from test_inputs import cast

each_lifting_config = each(of_family("lifting"))
each_spec_that_lifts = pytest.mark.parametrize(
    "spec",
    [spec for spec in SPECS.values() if spec.family == "lifting"],
    ids=lambda spec: spec.name,
)


def test_means_in_any_form_are_equal() -> None:
    codec = ImagePoseLifting(17, **STATISTICS)
    flat = {name: np.array(values).ravel() for name, values in STATISTICS.items()}
    single = {name: np.array(values, np.float32)[None] for name, values in STATISTICS.items()}
    for kwargs in (flat, single):
        again = ImagePoseLifting(17, **kwargs)
        assert again == codec
        assert hash(again) == hash(codec)
        assert repr(again) == repr(codec)
    other = STATISTICS | {"target_mean": np.array(STATISTICS["target_mean"]) + 1}
    assert ImagePoseLifting(17, **other) != codec
    assert ImagePoseLifting(17, root_index=[0]) == ImagePoseLifting(17, root_index=0)
    assert ImagePoseLifting(17, root_index=[0, 1]) != ImagePoseLifting(17, root_index=[1, 0])
    assert MotionBERTLabel(17, mode="Train") == MotionBERTLabel(17, mode="train")


@each_lifting_config
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_precisions(config: Config, dtype: type, rng: Generator) -> None:
    encoded = config.make().encode(**cast(config.encode_args(rng), dtype))
    assert encoded["keypoint_labels"].dtype == dtype
    assert encoded["lifting_target_label"].dtype == dtype
    assert encoded["lifting_target_weight"].dtype == np.float32


@each_lifting_config
def test_without_a_target_only_the_inputs_are_encoded(config: Config, rng: Generator) -> None:
    codec, inputs = config.make(), config.encode_args(rng)
    full = codec.encode(**inputs)
    for name in TARGETS:
        del inputs[name]
    encoded = codec.encode(**inputs)
    target_side = {"target_mean", "target_std", "target_root", "trajectory_weights"}
    target_side |= {"target_root_removed", "target_root_index"}
    want = [name for name in full if name not in target_side and "lifting" not in name]
    assert list(encoded) == want
    assert_same(encoded, {name: full[name] for name in encoded})


@each_lifting_config
def test_visibilities_are_returned_as_given(config: Config, rng: Generator) -> None:
    inputs = config.encode_args(rng)
    encoded = config.make().encode(**inputs)
    name = "keypoints_visible" if "keypoints_visible" in encoded else "keypoint_labels_visible"
    assert encoded[name] is inputs["keypoints_visible"]
    if config.codec == "MotionBERTLabel":
        assert encoded["lifting_target_visible"] is inputs["lifting_target_visible"]
        assert encoded["lifting_target"] is encoded["lifting_target_label"]


def test_additional_keys_belong_to_one_codec() -> None:
    codec = ImagePoseLifting(17, additional_encode_keys=["camera_param", "factor"])
    assert codec.auxiliary_encode_keys == {*TARGETS, "camera_param", "factor"}
    codec.auxiliary_encode_keys.add("another")
    for other in (ImagePoseLifting(17), ImagePoseLifting):
        assert other.auxiliary_encode_keys == set(TARGETS)


def human_pose(rng: Generator, frames: int) -> NDArray[np.float64]:
    """People five meters from a camera, in meters."""
    return rng.normal([0, 0, 5], [0.3, 0.5, 0.2], (frames, 17, 3))


def project(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Their projections, in pixels."""
    return points[..., :2] / points[..., 2:] * CAMERA["f"].ravel() + CAMERA["c"].ravel()


@pytest.mark.parametrize("root", [0, 9, [4, 11]])
@pytest.mark.parametrize("remove", [False, True])
def test_round_trip(root: Any, remove: bool, rng: Generator) -> None:
    target = human_pose(rng, 5)
    visible = np.ones((5, 17), np.float32)
    codec = VideoPoseLifting(17, root_index=root, remove_root=remove)
    encoded = codec.encode(project(target), visible, target, visible, CAMERA)
    points, _ = codec.decode(encoded["lifting_target_label"], encoded["target_root"])
    np.testing.assert_allclose(points, target, atol=1e-12)

    codec = ImagePoseLifting(17, root_index=root, remove_root=remove)
    encoded = codec.encode(project(target), visible, target, visible)
    points, _ = codec.decode(encoded["lifting_target_label"], encoded["target_root"])
    # Roots are in single precision, also the one that is inserted again.
    np.testing.assert_allclose(points, target, atol=1e-6)


def test_the_normalized_camera_projects_to_the_labels(rng: Generator) -> None:
    target = human_pose(rng, 1)
    codec = VideoPoseLifting(17, normalize_camera=True, reshape_keypoints=False)
    encoded = codec.encode(project(target), None, target, None, CAMERA)
    camera = encoded["camera_param"]
    points = encoded["lifting_target_label"] + encoded["target_root"]
    locations = points[..., :2] / points[..., 2:] * camera["f"].ravel() + camera["c"].ravel()
    np.testing.assert_allclose(encoded["keypoint_labels"], locations, atol=1e-6)
    assert (camera["w"], camera["h"]) == (1000, 1002)
    assert camera is not CAMERA


@pytest.mark.parametrize("root", [0, 7])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_motionbert_round_trip_in_meters(root: int, dtype: type, rng: Generator) -> None:
    """Training labels decode to the labels of mode "test", and depths to themselves."""
    target = human_pose(rng, 6).astype(dtype)
    inputs = {"keypoints": project(target), "lifting_target": target, "camera_param": CAMERA}
    trained = MotionBERTLabel(17, root_index=root, mode="train").encode(**inputs)
    codec = MotionBERTLabel(17, root_index=root)
    tested = codec.encode(**inputs)
    assert_same(trained["factor"], tested["factor"])
    depths = tested["lifting_target_label"][..., 2]
    relative = target[..., 2] - target[:, root : root + 1, 2]
    np.testing.assert_allclose(depths, relative, rtol=1e-5, atol=1e-6)
    # A meter at the depth of the root is a meter (except for the 0.001 added to its width).
    factor = target[:, root, 2] / (CAMERA["f"][0] / 1000)
    np.testing.assert_allclose(tested["factor"][:, 0], factor, rtol=4e-3)

    sizes = (np.full(6, CAMERA[side]) for side in "wh")
    points, scores = codec.decode(trained["lifting_target_label"], *sizes, trained["factor"])
    tolerance = 1e-14 if dtype is np.float64 else 1e-5
    np.testing.assert_allclose(points, tested["lifting_target_label"], atol=tolerance)
    assert not points[:, root].any()
    assert (scores == 1).all()


def test_shapes_that_mmposes_heads_pass(rng: Generator) -> None:
    """They pass batches of one pose per sample, roots (B, 1, C) or empty arrays."""
    codec = VideoPoseLifting(17)
    poses = rng.normal(0, 1, (4, 17, 3)).astype(np.float32)
    roots = rng.normal(0, 1, (4, 1, 3)).astype(np.float32)
    points, scores = codec.batch_decode(poses, roots)
    assert (points.shape, scores.shape) == ((4, 1, 17, 3), (4, 1, 17))
    assert_same(points[:, 0], poses + roots)
    assert_same(codec.batch_decode(poses, np.empty((4, 0), np.float32))[0][:, 0], poses)
    trajectory = codec.batch_decode(poses[:, :1], roots)[0]
    assert_same(trajectory[:, 0], poses[:, :1] + roots)

    codec = MotionBERTLabel(17)
    sequences = rng.normal(0, 1, (2, 5, 17, 3)).astype(np.float32)
    w, h = (np.array([[side], [side + 8]]) for side in (1000, 1002))
    factor = rng.uniform(3, 5, (2, 5, 1)).astype(np.float32)
    points, scores = codec.batch_decode(sequences, w, h, factor)
    for number in range(2):
        sizes = (np.full(5, side[number, 0]) for side in (w, h))
        want = codec.decode(sequences[number], *sizes, factor[number])
        assert_same((points[number], scores[number]), want)
    nothing = np.empty((2, 0), np.float32)
    assert_same(
        codec.batch_decode(sequences, nothing, nothing, nothing), codec.batch_decode(sequences)
    )


@each_spec_that_lifts
def test_one_pose_without_frames(spec: Spec, rng: Generator) -> None:
    codec, args = spec.codec(17), spec.configs[0].encode_args(rng)
    full = {name: value if isinstance(value, dict) else value[:1] for name, value in args.items()}
    flat = {name: full[name][0] if name in ("keypoints", *TARGETS) else full[name] for name in full}
    got, want = codec.encode(**flat), codec.encode(**full)
    assert_same(got["keypoint_labels"], want["keypoint_labels"])
    for name in ("lifting_target_label", "lifting_target_weight"):
        assert_same(got[name], want[name][0])
