"""What the codecs promise that lift 2D poses to 3D, beside their recorded numbers."""

import copy
import pickle
from typing import Any

import numpy as np
import posecodec_rs
import pytest
from numpy.random import Generator
from numpy.typing import NDArray
from posecodec_rs import ImagePoseLifting, MotionBERTLabel, VideoPoseLifting
from samples import (
    CAMERA,
    LIFTING,
    STATISTICS,
    LiftingConfig,
    assert_same,
    each_lifting_config,
)

THREE = (ImagePoseLifting, VideoPoseLifting, MotionBERTLabel)
BOTH = ("lifting_target", "lifting_target_visible")
# Items that are no arrays: the same for all samples.
PLAIN = ("target_root_removed", "target_root_index", "camera_param")

# What the reference's instances have: defaults and what follows from the arguments.
ATTRIBUTES: dict[str, tuple[type, dict[str, Any], dict[str, Any]]] = {
    "ImagePoseLifting": (
        ImagePoseLifting,
        {"num_keypoints": 17},
        {
            "root_index": [0],
            "remove_root": False,
            "save_index": False,
            "reshape_keypoints": True,
            "concat_vis": False,
            "keypoints_mean": None,
            "keypoints_std": None,
            "target_mean": None,
            "target_std": None,
        },
    ),
    "ImagePoseLifting-means": (
        ImagePoseLifting,
        {"num_keypoints": 17, "root_index": [2, 5], "concat_vis": True},
        {name: np.array(values, np.float32)[None] for name, values in STATISTICS.items()},
    ),
    "VideoPoseLifting": (
        VideoPoseLifting,
        {"num_keypoints": 16},
        {
            "zero_center": True,
            "root_index": [0],
            "remove_root": False,
            "save_index": False,
            "reshape_keypoints": True,
            "concat_vis": False,
            "normalize_camera": False,
        },
    ),
    "MotionBERTLabel": (
        MotionBERTLabel,
        {"num_keypoints": 17},
        {
            "root_index": 0,
            "remove_root": False,
            "save_index": False,
            "concat_vis": False,
            "rootrel": False,
            "mode": "test",
        },
    ),
}


@pytest.mark.parametrize(("cls", "kwargs", "more"), ATTRIBUTES.values(), ids=ATTRIBUTES)
def test_attributes(cls: type, kwargs: dict[str, Any], more: dict[str, Any]) -> None:
    means = {name: value for name, value in more.items() if isinstance(value, np.ndarray)}
    codec = cls(**kwargs, **means)
    for name, want in (kwargs | more).items():
        got = getattr(codec, name)
        assert type(got) is type(want), name
        if isinstance(want, np.ndarray):
            assert_same(got, want)
            got[:] = 7  # a copy
            assert_same(getattr(codec, name), want)
        else:
            assert got == want
    with pytest.raises(AttributeError):
        codec.num_keypoints = 3


@pytest.mark.parametrize("cls", THREE)
def test_tables(cls: type[Any]) -> None:
    assert cls.instance_mapping_table == {name: name for name in BOTH}
    labels = ("trajectory_weights", "lifting_target_label", "lifting_target_weight")
    assert cls.label_mapping_table == {name: name for name in labels}
    assert cls.field_mapping_table == {}
    more = {ImagePoseLifting: (), VideoPoseLifting: ("camera_param",)}
    assert cls.auxiliary_encode_keys == {*BOTH, *more.get(cls, ("camera_param", "factor"))}


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
def test_copies(config: LiftingConfig, rng: Generator) -> None:
    codec, inputs, answers = config.make(), config.inputs(rng), config.answers(rng)
    for copied in (copy.copy, copy.deepcopy, lambda codec: pickle.loads(pickle.dumps(codec))):
        again = copied(codec)
        assert type(again) is type(codec)
        assert again == codec
        assert again.auxiliary_encode_keys == codec.auxiliary_encode_keys
        got, want = again.encode(**inputs), codec.encode(**inputs)
        assert_same(numbers(got), numbers(want))
        assert_same(again.decode(*answers), codec.decode(*answers))


def numbers(answer: dict[str, Any]) -> dict[str, NDArray[Any]]:
    return {name: value for name, value in answer.items() if name not in PLAIN}


def sample_of(inputs: dict[str, Any], number: int) -> dict[str, Any]:
    """The arguments of one sample of a batch."""
    return {
        name: value if isinstance(value, dict) else value[number] for name, value in inputs.items()
    }


@each_lifting_config
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("omitted", [(), ("keypoints_visible", "lifting_target_visible"), BOTH])
def test_a_batch_is_encoded_as_its_samples(
    config: LiftingConfig, dtype: type, omitted: tuple[str, ...], rng: Generator
) -> None:
    codec, inputs = config.make(), config.inputs(rng, 4, dtype=dtype)
    for name in omitted:
        del inputs[name]
    if "factor" in inputs:
        inputs["factor"][1:3, 0] = 0  # to be worked out
    if config.codec != "ImagePoseLifting":
        cameras = [CAMERA | {"w": 1000 + 8 * number} for number in range(4)]
        inputs["camera_param"] = cameras
    got = codec.batch_encode(**inputs)
    samples = [codec.encode(**sample_of(inputs, number)) for number in range(4)]
    for name, value in got.items():
        if name == "camera_param":
            want = [sample[name] for sample in samples]
            assert [list(one) for one in value] == [list(one) for one in want]
            for one, other in zip(value, want, strict=True):
                assert_same([one["f"], one["c"]], [other["f"], other["c"]])
        elif name in PLAIN:
            assert all(value == sample[name] for sample in samples)
        else:
            assert_same(value, np.stack([sample[name] for sample in samples]))
    assert list(got) == list(samples[0])


@each_lifting_config
@pytest.mark.parametrize("threads", [1, 2])
def test_one_camera_serves_a_whole_batch(
    config: LiftingConfig, threads: int, rng: Generator
) -> None:
    posecodec_rs.set_num_threads(threads)
    codec, inputs = config.make(), config.inputs(rng, 700)  # worth threads
    got = numbers(codec.batch_encode(**inputs))
    for number in (0, 1, 699):
        want = numbers(codec.encode(**sample_of(inputs, number)))
        assert_same({name: value[number] for name, value in got.items()}, want)
    answers = config.answers(rng, 700)
    points, scores = codec.batch_decode(*answers)
    for number in (0, 1, 699):
        one = codec.decode(*(answer[number] for answer in answers))
        assert_same((points[number], scores[number]), one)


@each_lifting_config
def test_an_empty_batch(config: LiftingConfig, rng: Generator) -> None:
    codec, inputs, answers = config.make(), config.inputs(rng, 1), config.answers(rng, 1)
    empty = {k: v if isinstance(v, dict) else v[:0] for k, v in inputs.items()}
    got, want = codec.batch_encode(**empty), numbers(codec.batch_encode(**inputs))
    for name, array in want.items():
        assert (got[name].dtype, got[name].shape) == (array.dtype, (0, *array.shape[1:]))
    got = codec.batch_decode(*(answer[:0] for answer in answers))
    for array, full in zip(got, codec.batch_decode(*answers), strict=True):
        assert (array.dtype, array.shape) == (full.dtype, (0, *full.shape[1:]))


@each_lifting_config
@pytest.mark.parametrize("batch", [None, 0, 3])
@pytest.mark.parametrize("omitted", [(), ("keypoints_visible", "lifting_target_visible"), BOTH])
def test_out_is_filled_and_returned(
    config: LiftingConfig, batch: int | None, omitted: tuple[str, ...], rng: Generator
) -> None:
    codec = config.make()
    encode = codec.encode if batch is None else codec.batch_encode
    inputs = config.inputs(rng, *(() if batch is None else (batch,)))
    for name in omitted:
        del inputs[name]
    want = encode(**inputs)
    out = {name: value for name, value in want.items() if name in PLAIN}
    for name, value in reversed(numbers(want).items()):
        out[name] = np.full_like(value, 7)
    given = dict(out)
    assert encode(**inputs, out=out) is out
    assert all(out[name] is given[name] for name in numbers(given))
    assert_same({name: out[name] for name in numbers(want)}, numbers(want))
    # Without what is no array, which is put in.
    assert set(encode(**inputs, out=numbers(given))) == set(want)


def test_out_may_be_the_inputs_own_memory(rng: Generator) -> None:
    codec = MotionBERTLabel(17, mode="train")
    inputs = LIFTING[-1].inputs(rng)
    want = copy.deepcopy(codec.encode(**inputs))
    out = copy.deepcopy(want) | {
        "keypoint_labels": inputs["keypoints"],
        "lifting_target_label": inputs["lifting_target"],
        "lifting_target_visible": inputs["keypoints_visible"],
        "keypoint_labels_visible": inputs["lifting_target_visible"],
    }
    codec.encode(**inputs, out=out)
    assert_same(out, want)


@each_lifting_config
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_inputs_are_left_alone_and_precisions_stay(
    config: LiftingConfig, dtype: type, rng: Generator
) -> None:
    codec, inputs = config.make(), config.inputs(rng, dtype=dtype)
    before = copy.deepcopy(inputs)
    encoded = codec.encode(**inputs)
    assert encoded["keypoint_labels"].dtype == dtype
    assert encoded["lifting_target_label"].dtype == dtype
    assert encoded["lifting_target_weight"].dtype == np.float32
    answers = tuple(answer.astype(dtype) for answer in config.answers(rng))
    kept = copy.deepcopy(answers)
    points, scores = codec.decode(*answers)
    assert (points.dtype, scores.dtype) == (dtype, np.float32)
    assert_same(answers, kept)
    camera, camera_before = (each.pop("camera_param", {}) for each in (inputs, before))
    assert_same(inputs, before)
    assert list(camera) == list(camera_before)
    for key in set(camera) & {"f", "c"}:
        assert_same(camera[key], camera_before[key])


@each_lifting_config
def test_without_a_target_the_input_side_alone_is_encoded(
    config: LiftingConfig, rng: Generator
) -> None:
    codec, inputs = config.make(), config.inputs(rng)
    full = codec.encode(**inputs)
    for name in BOTH:
        del inputs[name]
    encoded = codec.encode(**inputs)
    target_side = {"target_mean", "target_std", "target_root", "trajectory_weights"}
    target_side |= {"target_root_removed", "target_root_index"}
    want = [name for name in full if name not in target_side and "lifting" not in name]
    assert list(encoded) == want
    assert_same(numbers(encoded), {name: full[name] for name in numbers(encoded)})


def test_visibilities_are_handed_back_as_they_came(rng: Generator) -> None:
    for config in LIFTING:
        inputs = config.inputs(rng)
        encoded = config.make().encode(**inputs)
        name = "keypoints_visible" if "keypoints_visible" in encoded else "keypoint_labels_visible"
        assert encoded[name] is inputs["keypoints_visible"]
    assert encoded["lifting_target_visible"] is inputs["lifting_target_visible"]
    assert encoded["lifting_target"] is encoded["lifting_target_label"]


def test_more_auxiliary_keys_are_of_one_codec() -> None:
    codec = ImagePoseLifting(17, additional_encode_keys=["camera_param", "factor"])
    assert codec.auxiliary_encode_keys == {*BOTH, "camera_param", "factor"}
    codec.auxiliary_encode_keys.add("one's own")
    for other in (ImagePoseLifting(17), ImagePoseLifting):
        assert other.auxiliary_encode_keys == set(BOTH)


def human_pose(rng: Generator, frames: int) -> NDArray[np.float64]:
    """People five metres before a camera, in metres."""
    return rng.normal([0, 0, 5], [0.3, 0.5, 0.2], (frames, 17, 3))


def seen(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where the camera sees them, in pixels."""
    return points[..., :2] / points[..., 2:] * CAMERA["f"].ravel() + CAMERA["c"].ravel()


@pytest.mark.parametrize("root", [0, 9, [4, 11]])
@pytest.mark.parametrize("remove", [False, True])
def test_there_and_back(root: Any, remove: bool, rng: Generator) -> None:
    target = human_pose(rng, 5)
    visible = np.ones((5, 17), np.float32)
    codec = VideoPoseLifting(17, root_index=root, remove_root=remove)
    encoded = codec.encode(seen(target), visible, target, visible, CAMERA)
    points, _ = codec.decode(encoded["lifting_target_label"], encoded["target_root"])
    np.testing.assert_allclose(points, target, atol=1e-12)

    codec = ImagePoseLifting(17, root_index=root, remove_root=remove)
    encoded = codec.encode(seen(target), visible, target, visible)
    points, _ = codec.decode(encoded["lifting_target_label"], encoded["target_root"])
    # Roots are of single precision; the one that comes in again, too.
    np.testing.assert_allclose(points, target, atol=1e-6)


def test_the_normalised_camera_sees_the_labels(rng: Generator) -> None:
    target = human_pose(rng, 1)
    codec = VideoPoseLifting(17, normalize_camera=True, reshape_keypoints=False)
    encoded = codec.encode(seen(target), None, target, None, CAMERA)
    camera = encoded["camera_param"]
    points = encoded["lifting_target_label"] + encoded["target_root"]
    places = points[..., :2] / points[..., 2:] * camera["f"].ravel() + camera["c"].ravel()
    np.testing.assert_allclose(encoded["keypoint_labels"], places, atol=1e-6)
    assert (camera["w"], camera["h"]) == (1000, 1002)
    assert camera is not CAMERA


@pytest.mark.parametrize("root", [0, 7])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_motionbert_comes_back_to_metres(root: int, dtype: type, rng: Generator) -> None:
    """What the network learns decodes to what it is tested against, and depths to themselves."""
    target = human_pose(rng, 6).astype(dtype)
    inputs = {"keypoints": seen(target), "lifting_target": target, "camera_param": CAMERA}
    learnt = MotionBERTLabel(17, root_index=root, mode="train").encode(**inputs)
    codec = MotionBERTLabel(17, root_index=root)
    tested = codec.encode(**inputs)
    assert_same(learnt["factor"], tested["factor"])
    depths = tested["lifting_target_label"][..., 2]
    relative = target[..., 2] - target[:, root : root + 1, 2]
    np.testing.assert_allclose(depths, relative, rtol=1e-5, atol=1e-6)
    # A metre at the depth of the root is a metre (but for the 0.001 that is added to its width).
    factor = target[:, root, 2] / (CAMERA["f"][0] / 1000)
    np.testing.assert_allclose(tested["factor"][:, 0], factor, rtol=4e-3)

    sizes = (np.full(6, CAMERA[side]) for side in "wh")
    points, scores = codec.decode(learnt["lifting_target_label"], *sizes, learnt["factor"])
    tolerance = 1e-14 if dtype is np.float64 else 1e-5
    np.testing.assert_allclose(points, tested["lifting_target_label"], atol=tolerance)
    assert not points[:, root].any()
    assert (scores == 1).all()


def test_heads_of_mmpose_are_answered(rng: Generator) -> None:
    """They hand over batches of one pose a sample, roots (B, 1, C) or empty arrays."""
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


@pytest.mark.torch
def test_tensors_are_taken() -> None:
    torch = pytest.importorskip("torch")
    poses = torch.linspace(-1, 1, 51).reshape(1, 17, 3)
    codec = ImagePoseLifting(17, **STATISTICS)
    assert_same(codec.decode(poses.requires_grad_()), codec.decode(poses.detach().numpy()))


@each_lifting_config
def test_layouts(config: LiftingConfig, rng: Generator) -> None:
    codec, inputs, answers = config.make(), config.inputs(rng), config.answers(rng)
    for layout in (
        np.asfortranarray,
        lambda array: np.flip(np.flip(array).copy()),
        lambda array: array.astype(array.dtype.newbyteorder()),
    ):
        laid_out = {k: v if isinstance(v, dict) else layout(v) for k, v in inputs.items()}
        want = numbers(codec.encode(**inputs))
        got = numbers(codec.encode(**laid_out))
        for name, array in want.items():
            assert_same(np.ascontiguousarray(got[name].astype(array.dtype)), array)
        assert_same(codec.decode(*map(layout, answers)), codec.decode(*answers))


@each_lifting_config
def test_lists(config: LiftingConfig, rng: Generator) -> None:
    codec, inputs = config.make(), config.inputs(rng, dtype=np.float64)
    listed = {k: v if isinstance(v, dict) else v.tolist() for k, v in inputs.items()}
    if "camera_param" in listed:
        listed["camera_param"] = CAMERA | {key: CAMERA[key].tolist() for key in "fc"}
    got, want = numbers(codec.encode(**listed)), numbers(codec.encode(**inputs))
    for name in ("keypoint_labels", "lifting_target_label", "lifting_target_weight"):
        assert_same(got[name], want[name])


@pytest.mark.parametrize("cls", THREE)
def test_one_pose_without_frames(cls: type[Any], rng: Generator) -> None:
    codec = cls(17)
    config = next(config for config in LIFTING if config.codec == cls.__name__)
    full = {
        name: value if isinstance(value, dict) else value[:1]
        for name, value in config.inputs(rng).items()
    }
    flat = {
        name: value[0] if name in ("keypoints", *BOTH) else value for name, value in full.items()
    }
    got, want = codec.encode(**flat), codec.encode(**full)
    assert_same(got["keypoint_labels"], want["keypoint_labels"])
    for name in ("lifting_target_label", "lifting_target_weight"):
        assert_same(got[name], want[name][0])


@pytest.mark.parametrize("cls", THREE)
def test_a_forgotten_super_init(cls: type[Any], rng: Generator) -> None:
    codec = cls.__new__(cls)
    config = next(config for config in LIFTING if config.codec == cls.__name__)
    for call in (
        lambda: codec.encode(**config.inputs(rng)),
        lambda: codec.decode(*config.answers(rng)),
        lambda: codec.num_keypoints,
    ):
        with pytest.raises(RuntimeError, match=r"super\(\).__init__"):
            call()
