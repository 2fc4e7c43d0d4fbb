"""The contract of the codecs for several people: copies, batches, lists, `out=`, chance."""

import copy
import pickle
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import posecodec_rs
import pytest
from bottom_up_samples import BOTTOM_UP, BottomUpConfig, each_bottom_up, of_codec, seeded
from numpy.random import Generator
from posecodec_rs import SPR, AssociativeEmbedding, DecoupledHeatmap, InvalidInputError
from samples import SIZES, WORTH_THREADS, arrays, assert_same

each_taking_out = pytest.mark.parametrize(
    "config", [config for config in BOTTOM_UP if config.takes_out], ids=str
)


def test_tables() -> None:
    fields = ["heatmaps", "heatmap_weights", "displacements", "displacement_weights"]
    assert SPR.field_mapping_table == dict(zip(fields, fields, strict=True))
    labels, fields = ["keypoint_weights", "instance_coords"], ["heatmaps", "instance_heatmaps"]
    assert DecoupledHeatmap.label_mapping_table == dict(zip(labels, labels, strict=True))
    assert DecoupledHeatmap.field_mapping_table == dict(zip(fields, fields, strict=True))
    assert DecoupledHeatmap.auxiliary_encode_keys == {"bbox"}
    for cls in (SPR, AssociativeEmbedding):
        assert cls.label_mapping_table == {}
        assert cls.auxiliary_encode_keys == set()
    assert AssociativeEmbedding.field_mapping_table == {}  # the reference names none
    for cls in (SPR, DecoupledHeatmap, AssociativeEmbedding):
        assert cls.instance_mapping_table == {}


COPIES: dict[str, Callable[[Any], Any]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle-0": lambda codec: pickle.loads(pickle.dumps(codec, 0)),
    "pickle": lambda codec: pickle.loads(pickle.dumps(codec)),
}


@each_bottom_up
@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
def test_copies(config: BottomUpConfig, copied: Callable[[Any], Any], rng: Generator) -> None:
    codec = config.make()
    again = copied(codec)
    assert type(again) is type(codec)
    assert again == codec
    assert repr(again) == repr(codec)
    points, encoded = config.keypoints(rng), config.encoded(rng)
    assert_same(config.encode(again, points), config.encode(codec, points))
    assert_same(config.decode(again, *encoded), config.decode(codec, *encoded))
    assert len(pickle.dumps(codec)) < 1000


class Titled(SPR):
    """A codec with other arguments and an attribute of its own."""

    def __init__(self, title: str, *, side: int) -> None:
        super().__init__((4 * side, 4 * side), (side, side), (2, 1), True)
        self.title = title


def test_a_subclass(rng: Generator) -> None:
    codec = Titled("crowd", side=16)
    again = pickle.loads(pickle.dumps(codec))
    assert (type(again), again.title, again) == (Titled, "crowd", codec)
    points = rng.uniform(0, 63, (2, 5, 2))
    plain = SPR((64, 64), (16, 16), (2, 1), True)
    assert_same(again.encode(points), plain.encode(points))
    assert again != plain


@each_bottom_up
def test_forgotten_super_init(config: BottomUpConfig, rng: Generator) -> None:
    ready = config.make()
    codec = type(ready).__new__(type(ready))
    points, encoded = config.keypoints(rng, 2), config.encoded(rng, 2)
    calls = [("encode", points[0]), ("batch_encode", points), ("batch_decode", *encoded)]
    if config.codec != "AssociativeEmbedding":
        calls.append(("decode", *(array[0] for array in encoded)))
    for method, *arguments in calls:
        with pytest.raises(RuntimeError, match=r"super\(\).__init__"):
            getattr(codec, method)(*arguments)


def test_associative_embedding_decodes_batches_only() -> None:
    with pytest.raises(NotImplementedError, match="batch_decode"):
        AssociativeEmbedding(**SIZES).decode(np.zeros((5, 64, 48)))


@each_bottom_up
@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("batch", [1, 3, WORTH_THREADS])
def test_a_batch_is_encoded_as_its_pictures(
    config: BottomUpConfig, threads: int, batch: int, rng: Generator
) -> None:
    posecodec_rs.set_num_threads(threads)
    codec = config.make()
    points = config.keypoints(rng, batch)
    visible = config.visible(rng, batch)
    for given in ((points,), (points, visible)):
        with seeded():
            answers = [codec.encode(*picture) for picture in zip(*given, strict=True)]
        with seeded():
            got = codec.batch_encode(*given)
        assert_same(got, config.as_batch(answers, listed=False))


@each_bottom_up
@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("counts", [(2, 0, 5, 1), (0,), (4,) * WORTH_THREADS], ids=str)
@pytest.mark.parametrize("kind", [list, tuple])
def test_a_list_is_encoded_as_its_pictures(
    config: BottomUpConfig, threads: int, counts: tuple[int, ...], kind: type, rng: Generator
) -> None:
    posecodec_rs.set_num_threads(threads)
    codec = config.make()
    points, visible = config.pictures(rng, counts)
    # Each picture in a precision of its own.
    points[::2] = [people.astype(np.float64) for people in points[::2]]
    visible[::3] = [seen.astype(np.float64) for seen in visible[::3]]
    visible[1::3] = [seen.round().astype(np.int64) for seen in visible[1::3]]
    for given in ((points,), (points, visible)):
        with seeded():
            answers = [codec.encode(*picture) for picture in zip(*given, strict=True)]
        with seeded():
            got = codec.batch_encode(*(kind(argument) for argument in given))
        assert_same(got, config.as_batch(answers, listed=True))
        for name in config.listed:
            assert type(got[name]) is list


@of_codec("DecoupledHeatmap")
def test_boxes_in_a_batch(config: BottomUpConfig, rng: Generator) -> None:
    codec = config.make()
    points, visible = config.pictures(rng, (2, 0, 4))
    corners = [rng.uniform(0, 90, (len(people), 4, 2)) for people in points]
    for boxes in (corners, [four.reshape(-1, 8) for four in corners]):
        with seeded():
            answers = [codec.encode(*p) for p in zip(points, visible, boxes, strict=True)]
        with seeded():
            got = codec.batch_encode(points, visible, bbox=boxes)
        assert_same(got, config.as_batch(answers, listed=True))
    whole = config.keypoints(rng, 2)
    boxes = rng.uniform(0, 90, (2, 3, 8))
    with seeded():
        want = codec.batch_encode(list(whole), None, list(boxes))
    with seeded():
        assert_same(codec.batch_encode(whole, None, boxes), want)


@each_bottom_up
@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("batch", [1, 3, WORTH_THREADS])
def test_a_batch_is_decoded_as_its_pictures(
    config: BottomUpConfig, threads: int, batch: int, rng: Generator
) -> None:
    posecodec_rs.set_num_threads(threads)
    codec = config.make()
    encoded = config.encoded(rng, batch)
    want = config.decode_each(codec, *encoded)
    got = codec.batch_decode(*encoded)
    if config.draws:  # whose shapes are known
        assert_same(got, tuple(np.stack(parts) for parts in want))
        assert_same(codec.batch_decode(*(list(maps) for maps in encoded)), want)
        by_person = tuple(maps.reshape(-1, *maps.shape[2:]) for maps in encoded)
        alone = codec.batch_decode(*by_person)
        for part, whole in zip(alone, got, strict=True):
            assert_same(part, whole.reshape(-1, 1, *whole.shape[2:]))
    else:
        assert type(got[0]) is list
        assert_same(got, want)
    if config.codec == "SPR":
        assert_same(codec.batch_decode(*(list(maps) for maps in encoded)), want)


@each_bottom_up
def test_what_was_encoded_comes_back(config: BottomUpConfig) -> None:
    """People apart from each other, their keypoints in the middle of cells."""
    codec = config.make()
    size, cells = (np.array(config.kwargs[name]) for name in ("input_size", "heatmap_size"))
    scale = (size - 1) / (cells - 1) if config.note == "udp" else size / cells
    offsets = np.stack(np.unravel_index(np.arange(config.count), (3, 6)), -1)
    people = np.stack([offsets + corner for corner in ([6, 5], [18, 13])]) * scale
    encoded = config.encode(codec, people)
    if config.codec == "SPR":
        points, _ = codec.decode(encoded["heatmaps"], encoded["displacements"])
    elif config.draws:
        maps = encoded["instance_heatmaps"].reshape(2, config.count, *cells[::-1])
        points, _ = codec.decode(maps, np.ones((2, 1)))
    else:
        maps = encoded["heatmaps"].astype(np.float64)
        tags = np.broadcast_to(np.where(np.arange(cells[0]) < 13, 0.0, 9.0), maps.shape)
        points = codec.batch_decode(maps[None], tags[None])[0][0]
    assert points.shape == people.shape
    order = np.argsort(points[:, 0, 0])
    assert np.abs(points[order] - people).max() <= 0.76 * scale.max()


@each_bottom_up
def test_every_tier_gives_the_same_bits(config: BottomUpConfig, rng: Generator) -> None:
    tiers, _ = posecodec_rs.simd_tiers()
    codec = config.make()
    points, visible, encoded = config.keypoints(rng), config.visible(rng), config.encoded(rng)
    noise = tuple(rng.normal(0, 1, array.shape).astype(array.dtype) for array in encoded)
    answers = []
    for tier in tiers:
        posecodec_rs.force_simd_tier(tier)
        answers.append(
            (
                config.encode(codec, points, visible),
                config.encode(config.make(), points.astype(np.float64) + 0.001),
                *(
                    config.decode(codec, *(array.astype(dtype) for array in maps))
                    for dtype in ("float16", "float32", "float64")
                    for maps in (encoded, noise)
                ),
            )
        )
    for answer in answers[1:]:
        assert_same(answer, answers[0])


@each_bottom_up
def test_python_threads_share_a_codec(config: BottomUpConfig, rng: Generator) -> None:
    codec = config.make()
    pictures = [(config.keypoints(rng), config.encoded(rng, 2)) for _ in range(8)]

    def answers(picture: Any) -> Any:
        points, encoded = picture
        targets = None if config.draws else codec.encode(points)
        return targets, codec.batch_decode(*encoded)

    want = [answers(picture) for picture in pictures]
    with ThreadPoolExecutor(8) as executor:
        for got in (executor.map(answers, pictures) for _ in range(3)):
            for (targets, decoded), wanted in zip(got, want, strict=True):
                assert_same(decoded, wanted[1])
                if targets is not None:
                    assert_same(targets, wanted[0])


@each_taking_out
@pytest.mark.parametrize("batch", [(), (0,), (1,), (3,)], ids=str)
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, np.bool_])
def test_out_is_filled_and_returned(
    config: BottomUpConfig, batch: tuple[int, ...], dtype: type, rng: Generator
) -> None:
    codec = config.make()
    encode = codec.batch_encode if batch else codec.encode
    points, visible = config.keypoints(rng, *batch), config.visible(rng, *batch).astype(dtype)
    want = encode(points, visible)
    out = {name: np.full_like(want[name], 7) for name in reversed(want)}
    given = dict(out)
    assert encode(points, visible, out=out) is out
    assert list(out) == list(given)
    assert all(out[name] is given[name] for name in given)
    assert_same({name: out[name] for name in want}, want)


@of_codec("SPR")
def test_out_of_a_list(config: BottomUpConfig, rng: Generator) -> None:
    codec = config.make()
    points, visible = config.pictures(rng)
    want = codec.batch_encode(points, visible)
    out = {name: np.full_like(array, np.nan) for name, array in want.items()}
    assert codec.batch_encode(points, visible, out=out) is out
    assert_same(out, want)


@of_codec("AssociativeEmbedding")
def test_no_out_for_lists_of_arrays(config: BottomUpConfig, rng: Generator) -> None:
    codec, points = config.make(), config.keypoints(rng, 2)
    with pytest.raises(InvalidInputError, match=r"`out`.*'keypoint_indices'.*a list"):
        codec.batch_encode(list(points), out=codec.batch_encode(points))


@of_codec("DecoupledHeatmap")
def test_no_out_where_shapes_are_known_afterwards(config: BottomUpConfig, rng: Generator) -> None:
    codec, points = config.make(), config.keypoints(rng)
    with pytest.raises(TypeError, match="out"):
        codec.encode(points, out=config.encode(codec, points))


@each_bottom_up
def test_an_empty_batch(config: BottomUpConfig, rng: Generator) -> None:
    codec = config.make()
    points, encoded = config.keypoints(rng, 2), config.encoded(rng, 2)
    full, empty = (codec.batch_encode(some) for some in (points, points[:0]))
    assert list(empty) == list(full)
    for name, array in full.items():
        if isinstance(array, list):
            assert empty[name] == []
        else:
            assert (empty[name].dtype, empty[name].shape) == (array.dtype, (0, *array.shape[1:]))
    for part in codec.batch_decode(*(array[:0] for array in encoded)):
        assert len(part) == 0
    with pytest.raises(InvalidInputError, match=r"`keypoints`.*at least one image"):
        codec.batch_encode([])


@of_codec("DecoupledHeatmap")
def test_chance_comes_from_the_usual_generators(config: BottomUpConfig, rng: Generator) -> None:
    codec = config.make()
    points = config.people(rng, instances=6)
    points -= points.mean(1, keepdims=True) - np.array(config.kwargs["input_size"]) / 2
    points += 6 * np.arange(6)[:, None, None]  # apart, and all of them inside
    answers = []
    for seed in range(6):
        with seeded(seed):
            answers.append(codec.encode(points))
        with seeded(seed):
            assert_same(codec.encode(points), answers[-1])
            before = random.getstate(), np.random.random()  # noqa: NPY002
        with seeded(seed):
            # MMPose draws two steps a root, then a sample where there are too many.
            np.random.randint(-1, 2, (6, 2))  # noqa: NPY002
            if config.note == "few":
                random.sample(range(len(codec_roots(codec, points, seed))), 2)
            assert before == (random.getstate(), np.random.random())  # noqa: NPY002
        assert_same(answers[-1]["heatmaps"], answers[0]["heatmaps"])
    coords = {answer["instance_coords"].tobytes() for answer in answers}
    assert len(coords) > 1


def codec_roots(codec: Any, points: Any, seed: int) -> Any:
    """The roots that there are to sample from."""
    many = DecoupledHeatmap(codec.input_size, codec.heatmap_size, codec.root_type)
    state = random.getstate(), np.random.get_state()  # noqa: NPY002
    with seeded(seed):
        roots = many.encode(points)["instance_coords"]
    random.setstate(state[0])
    np.random.set_state(state[1])  # noqa: NPY002
    return roots


@each_bottom_up
def test_inputs_are_left_alone(config: BottomUpConfig, rng: Generator) -> None:
    """With `use_udp` too, where the reference blurs and logs its maps in place."""
    codec = config.make()
    points, visible, encoded = config.keypoints(rng), config.visible(rng), config.encoded(rng)
    before = copy.deepcopy((points, visible, encoded))
    config.encode(codec, points, visible)
    config.decode(codec, *encoded)
    assert_same((points, visible, encoded), before)


@each_bottom_up
def test_answers_share_nothing(config: BottomUpConfig, rng: Generator) -> None:
    codec, encoded = config.make(), config.encoded(rng)
    parts = [*arrays(config.encode(codec, config.keypoints(rng)))]
    parts += arrays(config.decode(codec, *encoded))
    for number, one in enumerate(parts):
        assert one.flags.writeable
        assert not any(np.shares_memory(one, other) for other in parts[number + 1 :])
        assert not any(np.shares_memory(one, other) for other in encoded)
