"""A batch is the same as its samples: of one size, of none, and as a list of images."""

from typing import Any

import numpy as np
import posecodec_rs
import pytest
from comparison import arrays, assert_same
from numpy.random import Generator
from posecodec_rs import AssociativeEmbedding, DecoupledHeatmap, InvalidInputError, SimCCLabel
from specs import (
    CONFIGS,
    PARALLEL_BATCH_SIZE,
    Config,
    each,
    each_config,
    of_codec,
    of_family,
    seeded,
)
from specs.shared.inputs import SIZES
from specs.shared.lifting import CAMERA
from specs.shared.messages import AT_LEAST_ONE_IMAGE

each_decoding = each(config for config in CONFIGS if config.spec.decodes)
each_ragged = each(config for config in CONFIGS if config.spec.ragged)
batch_sizes = pytest.mark.parametrize("batch", [1, 5, PARALLEL_BATCH_SIZE])
threads = pytest.mark.parametrize("threads", [1, 3])


def samples_of(config: Config, args: dict[str, Any], batch: int) -> list[dict[str, Any]]:
    return [config.sample(args, number) for number in range(batch)]


def without_optional(config: Config, args: dict[str, Any]) -> dict[str, Any]:
    optional = config.spec.optional_args
    return {name: None if name in optional else value for name, value in args.items()}


@each_config
@threads
@batch_sizes
def test_encode(config: Config, threads: int, batch: int, rng: Generator) -> None:
    posecodec_rs.set_num_threads(threads)
    codec, all_args = config.make(), config.encode_args(rng, batch)
    for args in (all_args, without_optional(config, all_args)):
        want = config.encode_samples(codec, samples_of(config, args, batch))
        assert_same(config.batch_encode(codec, **args), config.merge_encoded(want))


@each_decoding
@threads
@batch_sizes
def test_decode(config: Config, threads: int, batch: int, rng: Generator) -> None:
    posecodec_rs.set_num_threads(threads)
    codec, encoded = config.make(), config.encoded(rng, batch)
    want = [config.decode(codec, *sample) for sample in zip(*encoded, strict=True)]
    assert_same(codec.batch_decode(*encoded), config.merge_decoded(want))


@each_config
def test_an_empty_batch(config: Config, rng: Generator) -> None:
    codec, args, encoded = config.make(), config.encode_args(rng, 2), config.encoded(rng, 2)
    empty_args = {
        name: value if config.is_shared(name, value) else value[:0] for name, value in args.items()
    }
    got = config.batch_encode(codec, **empty_args)
    assert_empty(got, config.batch_encode(codec, **args))
    if config.spec.decodes:
        empty, full = (codec.batch_decode(*(a[part] for a in encoded)) for part in (slice(0), ...))
        assert_empty(empty, full)


def assert_empty(empty: Any, full: Any) -> None:
    """Results of an empty batch have the dtypes and dimensions of full ones."""
    if isinstance(full, list):
        assert empty == []
    elif isinstance(full, dict):
        assert list(empty) == list(full)
        for name, value in full.items():
            assert_empty(empty[name], value)
    elif isinstance(full, tuple):
        for one, other in zip(empty, full, strict=True):
            assert_empty(one, other)
    elif isinstance(full, np.ndarray):
        assert empty.dtype == full.dtype
        # Joined maps (B·N·K, H, W) and dimensions that depend on the samples may be 0, too.
        assert empty.shape in ((0, *full.shape[1:]), (0,) * full.ndim, (0, 0, *full.shape[2:]))


def ragged_args(config: Config, rng: Generator, counts: tuple[int, ...]) -> dict[str, list[Any]]:
    """Arguments of images with these numbers of instances, each image in its own precision."""
    images = []
    for number, count in enumerate(counts):
        args = config.encode_args(rng)
        for name in config.spec.instance_args & set(args):
            repeated = np.concatenate([args[name]] * (count // len(args[name]) + 1))
            args[name] = repeated[:count]
        if number % 2 == 0:
            args["keypoints"] = args["keypoints"].astype(np.float64)
        visible = args["keypoints_visible"]
        if number % 3 == 0:
            visible = visible.astype(np.float64)
        elif number % 3 == 1 and config.spec.family == "bottom-up":
            visible = visible.round().astype(np.int64)
        args["keypoints_visible"] = visible
        images.append(args)
    return {name: [args[name] for args in images] for name in images[0]}


@each_ragged
@threads
@pytest.mark.parametrize("counts", [(2, 0, 5, 1), (0,), (4,) * PARALLEL_BATCH_SIZE], ids=str)
@pytest.mark.parametrize("kind", [list, tuple])
def test_encode_a_list(
    config: Config, threads: int, counts: tuple[int, ...], kind: type, rng: Generator
) -> None:
    posecodec_rs.set_num_threads(threads)
    codec, args = config.make(), ragged_args(config, rng, counts)
    for given in (args, without_optional(config, args)):
        want = config.encode_samples(codec, samples_of(config, given, len(counts)))
        lists = {name: value and kind(value) for name, value in given.items()}
        got = config.batch_encode(codec, **lists)
        assert_same(got, config.merge_encoded(want, ragged=True))


@each_ragged
def test_lists_of_different_lengths(config: Config, rng: Generator) -> None:
    codec, args = config.make(), ragged_args(config, rng, (2, 1, 2))
    short = args | {"keypoints_visible": args["keypoints_visible"][:2]}
    with pytest.raises(InvalidInputError):
        codec.batch_encode(**short)


@each(config for config in CONFIGS if config.spec.family == "bottom-up")
def test_an_empty_list(config: Config) -> None:
    with pytest.raises(InvalidInputError, match=f"`keypoints`.*{AT_LEAST_ONE_IMAGE}"):
        config.make().batch_encode([])


@of_codec("DecoupledHeatmap")
def test_boxes_in_a_list(config: Config, rng: Generator) -> None:
    codec, args = config.make(), ragged_args(config, rng, (2, 0, 4))
    corners = [rng.uniform(0, 90, (len(people), 4, 2)) for people in args["keypoints"]]
    for boxes in (corners, [four.reshape(-1, 8) for four in corners]):
        given = args | {"bbox": boxes}
        images = [{name: value[i] for name, value in given.items()} for i in range(3)]
        want = config.encode_samples(codec, images)
        got = config.batch_encode(codec, **given)
        assert_same(got, config.merge_encoded(want, ragged=True))
    points, boxes = config.keypoints(rng, 2), rng.uniform(0, 90, (2, 3, 8))
    want = config.batch_encode(codec, list(points), None, list(boxes))
    assert_same(config.batch_encode(codec, points, None, boxes), want)


@of_codec("SPR")
def test_decode_lists(config: Config, rng: Generator) -> None:
    codec, encoded = config.make(), config.encoded(rng, 3)
    assert_same(codec.batch_decode(*map(list, encoded)), codec.batch_decode(*encoded))


@of_codec("DecoupledHeatmap")
def test_decode_lists_of_instances(config: Config, rng: Generator) -> None:
    codec, encoded = config.make(), config.encoded(rng, 3)
    whole = codec.batch_decode(*encoded)
    want = tuple(list(part) for part in whole)
    assert_same(codec.batch_decode(*map(list, encoded)), want)
    by_person = tuple(maps.reshape(-1, *maps.shape[2:]) for maps in encoded)
    for part, parts in zip(codec.batch_decode(*by_person), whole, strict=True):
        assert_same(part, parts.reshape(-1, 1, *parts.shape[2:]))


def test_the_cause_of_an_error_is_kept() -> None:
    class FailingSequence:
        def __len__(self) -> int:
            return 2

        def __getitem__(self, index: int) -> Any:
            raise ZeroDivisionError("no image today")

    points = np.ones((1, 3, 2), np.float32)
    roots, decoupled = posecodec_rs.SPR(**SIZES), DecoupledHeatmap(**SIZES)
    for call in (
        lambda: roots.batch_encode([points] * 2, FailingSequence()),
        lambda: roots.batch_decode(FailingSequence(), FailingSequence()),
        lambda: decoupled.batch_encode(FailingSequence()),
    ):
        with pytest.raises(InvalidInputError, match="no image today") as caught:
            call()
        assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_simcc_without_instances(rng: Generator) -> None:
    codec = SimCCLabel((96, 64), decode_visibility=True)
    x, y = rng.random((2, 4, 5, 192)), rng.random((2, 4, 5, 128))
    batch_points, (batch_scores, batch_seen) = codec.batch_decode(x[:, 0], y[:, 0])
    points, (scores, seen) = codec.decode(x[0, 0], y[0, 0])
    assert batch_points.shape == (2, 1, 5, 2)
    assert (batch_scores.shape, batch_seen.shape) == ((2, 1, 5), (2, 1, 5))
    assert_same((batch_points[0], batch_scores[0], batch_seen[0, 0]), (points, scores, seen))
    assert_same(codec.decode(x[0, :1], y[0, :1]), (points, (scores, seen[None])))


@each(of_family("lifting"))
@pytest.mark.parametrize("threads", [1, 2])
def test_one_camera_for_a_large_batch(config: Config, threads: int, rng: Generator) -> None:
    """So many samples that the batch is split between threads."""
    posecodec_rs.set_num_threads(threads)
    codec, args = config.make(), config.encode_args(rng, 700)
    got = codec.batch_encode(**args)
    encoded = config.encoded(rng, 700)
    points, scores = codec.batch_decode(*encoded)
    for number in (0, 1, 699):
        want = arrays(
            {
                k: v
                for k, v in codec.encode(**config.sample(args, number)).items()
                if not isinstance(v, dict)
            }
        )
        parts = [
            array[number] for array in arrays({k: v for k, v in got.items() if k != "camera_param"})
        ]
        assert_same(parts, want)
        one = codec.decode(*(array[number] for array in encoded))
        assert_same((points[number], scores[number]), one)


@each(of_family("lifting"))
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "omitted",
    [
        (),
        ("keypoints_visible", "lifting_target_visible"),
        ("lifting_target", "lifting_target_visible"),
    ],
)
def test_a_camera_per_sample(
    config: Config, dtype: type, omitted: tuple[str, ...], rng: Generator
) -> None:
    codec, args = config.make(), config.encode_args(rng, 4)
    args = {
        name: value.astype(dtype) if getattr(value, "dtype", None) == np.float32 else value
        for name, value in args.items()
        if name not in omitted
    }
    if "factor" in args:
        args["factor"][1:3, 0] = 0  # these are computed
    if "camera_param" in args:
        args["camera_param"] = [CAMERA | {"w": 1000 + 8 * number} for number in range(4)]
    samples = [{name: value[number] for name, value in args.items()} for number in range(4)]
    want = config.encode_samples(codec, samples)
    assert_same(codec.batch_encode(**args), config.merge_encoded(want))


def test_random_generators_are_the_callers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Errors of the generators that the codec draws from are raised as they are."""

    def fail(*_: Any) -> Any:
        raise ZeroDivisionError("no random numbers today")

    monkeypatch.setattr(np.random, "randint", fail)
    with pytest.raises(ZeroDivisionError, match="no random numbers today"):
        DecoupledHeatmap(**SIZES).encode(np.array([[[1.0, 2], [20, 30]]]))


def test_no_out_for_lists_of_arrays(rng: Generator) -> None:
    codec = AssociativeEmbedding(**SIZES)
    points = rng.uniform(0, 190, (2, 3, 17, 2))
    with pytest.raises(InvalidInputError, match=r"`out`.*'keypoint_indices'.*a list"):
        codec.batch_encode(list(points), out=codec.batch_encode(points))
    with seeded():
        assert codec.batch_encode(list(points))
