"""The contract of the codecs whose calls are not like the others': batches, `out=`, copies."""

import copy
import pickle
from typing import Any

import numpy as np
import posecodec_rs
import pytest
from further_samples import FURTHER, FurtherConfig, by_image, each_decoding, each_further
from numpy.random import Generator
from posecodec_rs import (
    EDPoseLabel,
    Hand3DHeatmap,
    SimCC3DLabel,
    YOLOXPoseAnnotationProcessor,
)
from samples import arrays, assert_same, stacked


def test_tables() -> None:
    label = ["keypoint_x_labels", "keypoint_y_labels", "keypoint_z_labels", "keypoint_weights"]
    label += ["weight_z", "with_z_label"]
    assert SimCC3DLabel.label_mapping_table == dict(zip(label, label, strict=True))
    assert SimCC3DLabel.auxiliary_encode_keys == {"keypoints_3d"}
    assert SimCC3DLabel.instance_mapping_table == {
        "bbox": "bboxes",
        "bbox_score": "bbox_scores",
        "bbox_scale": "bbox_scales",
        "lifting_target": "lifting_target",
        "lifting_target_visible": "lifting_target_visible",
        "camera_param": "camera_params",
        "root_z": "root_z",
    }
    label = ["keypoint_weights", "root_depth_weight", "type_weight", "root_depth", "type"]
    assert Hand3DHeatmap.label_mapping_table == dict(zip(label, label, strict=True))
    kept = ["keypoints", "keypoints_visible", "keypoints_cam"]
    assert Hand3DHeatmap.instance_mapping_table == dict(zip(kept, kept, strict=True))
    assert Hand3DHeatmap.auxiliary_encode_keys == {
        "dataset_keypoint_weights",
        "rel_root_depth",
        "rel_root_valid",
        "hand_type",
        "hand_type_valid",
        "focal",
        "principal_pt",
    }
    instance = {"bbox": "bboxes", "keypoints": "keypoints"}
    instance |= {"keypoints_visible": "keypoints_visible", "area": "areas"}
    assert EDPoseLabel.instance_mapping_table == instance
    assert EDPoseLabel.auxiliary_encode_keys == {"area", "bboxes", "img_shape"}
    assert YOLOXPoseAnnotationProcessor.label_mapping_table == instance | {"bbox_labels": "labels"}
    assert YOLOXPoseAnnotationProcessor.instance_mapping_table == {
        "bbox": "bboxes",
        "bbox_score": "bbox_scores",
        "keypoints": "keypoints",
        "keypoints_visible": "keypoints_visible",
    }
    assert YOLOXPoseAnnotationProcessor.auxiliary_encode_keys == {"category_id", "bbox"}
    for cls in (SimCC3DLabel, Hand3DHeatmap, EDPoseLabel, YOLOXPoseAnnotationProcessor):
        assert cls.field_mapping_table == {}


@each_further
@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, "pickle"], ids=str)
def test_copies(config: FurtherConfig, copied: Any, rng: Generator) -> None:
    codec = config.make()
    again = pickle.loads(pickle.dumps(codec)) if copied == "pickle" else copied(codec)
    assert again == codec
    assert repr(again) == repr(codec)
    args = config.encode_args(rng)
    assert_same(again.encode(**args), codec.encode(**args))


@each_further
def test_forgotten_super_init(config: FurtherConfig, rng: Generator) -> None:
    ready = config.make()
    codec = type(ready).__new__(type(ready))
    for method, args in (
        (codec.encode, config.encode_args(rng)),
        (codec.batch_encode, config.encode_args(rng, 2)),
        (codec.decode, config.decode_args(rng)),
    ):
        with pytest.raises(RuntimeError, match=r"super\(\).__init__"):
            method(**args)


@each_further
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("batch", [1, 5, 40])
def test_a_batch_is_encoded_as_its_samples(
    config: FurtherConfig, threads: int, batch: int, rng: Generator
) -> None:
    posecodec_rs.set_num_threads(threads)
    codec, args = config.make(), config.encode_args(rng, batch)
    want = stacked([codec.encode(**by_image(args, image)) for image in range(batch)])
    assert_same(codec.batch_encode(**args), want)


@each_decoding
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("batch", [1, 5, 40])
def test_a_batch_is_decoded_as_its_samples(
    config: FurtherConfig, threads: int, batch: int, rng: Generator
) -> None:
    posecodec_rs.set_num_threads(threads)
    codec, args = config.make(), config.decode_args(rng, batch)
    assert codec.support_batch_decoding
    want = stacked([codec.decode(**by_image(args, image)) for image in range(batch)])
    assert_same(codec.batch_decode(**args), want)


@each_further
def test_an_empty_batch(config: FurtherConfig, rng: Generator) -> None:
    codec = config.make()
    for method, args in (
        (codec.batch_encode, config.encode_args(rng, 2)),
        (codec.batch_decode, config.decode_args(rng, 2)),
    ):
        if not args:
            continue
        shared = {"dataset_keypoint_weights"}
        none = {name: value if name in shared else value[:0] for name, value in args.items()}
        for empty, full in zip(arrays(method(**none)), arrays(method(**args)), strict=True):
            assert empty.shape in ((0, *full.shape[1:]), (0,) * full.ndim, (0, 0, *full.shape[2:]))
            assert empty.dtype == full.dtype


@each_further
@pytest.mark.parametrize("batch", [(), (3,)], ids=["sample", "batch"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_out_is_filled_and_returned(
    config: FurtherConfig, batch: tuple[int, ...], dtype: type, rng: Generator
) -> None:
    codec, args = config.make(), config.encode_args(rng, *batch)
    args["keypoints_visible"] = args["keypoints_visible"].astype(dtype)
    encode = codec.batch_encode if batch else codec.encode
    want = encode(**args)
    out = {
        name: np.full_like(value, 7) if isinstance(value, np.ndarray) else value
        for name, value in want.items()
    }
    given = dict(out)
    assert encode(**args, out=out) is out
    assert_same(out, want)
    for name, value in given.items():
        assert out[name] is value or not isinstance(value, np.ndarray)
    # Lists and None need not be there, arrays must.
    arrays_alone = {name: given[name] for name in given if isinstance(given[name], np.ndarray)}
    assert set(encode(**args, out=dict(arrays_alone))) == set(want)
    for name in arrays_alone:
        fewer = {key: value for key, value in arrays_alone.items() if key != name}
        with pytest.raises(posecodec_rs.InvalidInputError, match=name):
            encode(**args, out=fewer)
        with pytest.raises(posecodec_rs.InvalidInputError, match=name):
            encode(**args, out=arrays_alone | {name: np.zeros((3, 1, 4, 1, 5))})
    with pytest.raises(posecodec_rs.InvalidInputError, match="nonsense"):
        encode(**args, out=given | {"nonsense": 1})


@each_further
def test_inputs_are_left_alone(config: FurtherConfig, rng: Generator) -> None:
    codec = config.make()
    for method, args in (
        (codec.encode, config.encode_args(rng)),
        (codec.decode, config.decode_args(rng)),
    ):
        before = copy.deepcopy(args)
        method(**args)
        assert_same(args, before)


@each_further
def test_layouts_and_lists(config: FurtherConfig, rng: Generator) -> None:
    codec = config.make()
    for method, args in (
        (codec.encode, config.encode_args(rng)),
        (codec.decode, config.decode_args(rng)),
    ):
        want = method(**args)
        strided = {name: np.repeat(value, 2, axis=-1)[..., ::2] for name, value in args.items()}
        assert_same(method(**strided), want)
        doubles = {
            name: value.astype(np.float64) if value.dtype == np.float32 else value
            for name, value in args.items()
        }
        lists = {name: value.tolist() for name, value in args.items()}
        assert_same(method(**lists), method(**doubles))


@pytest.mark.torch
@each_decoding
def test_tensors(config: FurtherConfig, rng: Generator) -> None:
    torch = pytest.importorskip("torch")
    codec = config.make()
    args = config.decode_args(rng)
    tensors = {name: torch.from_numpy(value) for name, value in args.items()}
    assert_same(codec.decode(**tensors), codec.decode(**args))


@pytest.mark.parametrize(
    "config", [c for c in FURTHER if c.codec in ("EDPoseLabel", "YOLOXPoseAnnotationProcessor")]
)
def test_lists_of_images(config: FurtherConfig, rng: Generator) -> None:
    codec, args = config.make(), config.encode_args(rng, 3)
    people = ("keypoints", "keypoints_visible", "area", "bboxes", "bbox", "category_id")
    ragged = {
        name: [value[image][: image if name in people else None] for image in range(3)]
        for name, value in args.items()
    }
    got = codec.batch_encode(**ragged)
    for image in range(3):
        one = codec.encode(**{name: value[image] for name, value in ragged.items()})
        assert_same({name: got[name][image] for name in got}, one)
    with pytest.raises(posecodec_rs.InvalidInputError, match="one item per image"):
        codec.batch_encode(**ragged | {"keypoints_visible": ragged["keypoints_visible"][:2]})
    with pytest.raises(posecodec_rs.InvalidInputError, match="`out`"):
        codec.batch_encode(**ragged, out={})


def test_annotations_are_not_decoded() -> None:
    codec = YOLOXPoseAnnotationProcessor()
    assert codec.decode(1, name=2) is None
    assert not codec.support_batch_decoding
    with pytest.raises(NotImplementedError):
        codec.batch_decode(1)
    assert codec.encode() == {}


def test_no_keypoints_are_a_number() -> None:
    """The reference's sign for a sample without keypoints."""
    codec = SimCC3DLabel((96, 128, 96))
    answer = codec.encode(np.zeros(()))
    labels = [np.zeros(1, np.float32)] * 3
    names = ["keypoint_x_labels", "keypoint_y_labels", "keypoint_z_labels"]
    want: dict[str, Any] = dict(zip(names, labels, strict=True))
    want |= {"lifting_target": [None], "root_z": [5.14388]}
    want |= {"keypoint_weights": np.ones(1), "weight_z": np.zeros(1), "with_z_label": [False]}
    assert_same(answer, want)


def test_equal_scores_stay_in_their_order() -> None:
    codec = EDPoseLabel(num_select=3, num_keypoints=1)
    logits = np.float32([[0.5], [0.9], [np.nan], [0.5], [0.5]])
    keypoints = np.zeros((5, 3), np.float32)
    keypoints[:, 0] = range(5)
    sizes = np.array([1, 1])
    _, points, scores = codec.decode(sizes, logits, np.zeros((5, 4), np.float32), keypoints)
    assert points[:, 0, 0].tolist() == [1, 0, 3]
    assert scores[:, 0].tolist() == [np.float32(0.9), 0.5, 0.5]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_dtypes_of_what_was_decoded(dtype: type, rng: Generator) -> None:
    for config in FURTHER:
        args = config.decode_args(rng)
        for name, value in args.items():
            if value.dtype == np.float32:
                args[name] = value.astype(dtype)
        if config.codec == "SimCC3DLabel":
            kinds = [np.float32, np.float32, dtype]
        elif config.codec == "Hand3DHeatmap":
            kinds = [np.float32, dtype, dtype, np.int64]
        elif config.codec == "EDPoseLabel":
            kinds = [np.float64, np.float64, dtype]
        else:
            continue
        assert [array.dtype for array in config.make().decode(**args)] == kinds
