"""What a codec promises beside its numbers: attributes, copies, subclasses, batches, configs."""

import copy
import gc
import inspect
import itertools
import pickle
import re
import weakref
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import posecodec_rs
import pytest
from bottom_up_samples import BOTTOM_UP
from further_samples import FURTHER
from numpy.random import Generator
from numpy.typing import NDArray
from posecodec_rs import (
    SPR,
    AssociativeEmbedding,
    BaseKeypointCodec,
    DecoupledHeatmap,
    EDPoseLabel,
    Hand3DHeatmap,
    IntegralRegressionLabel,
    MegviiHeatmap,
    MSRAHeatmap,
    RegressionLabel,
    SimCC3DLabel,
    SimCCLabel,
    UDPHeatmap,
    YOLOXPoseAnnotationProcessor,
)
from samples import (
    CONFIGS,
    LIFTING,
    ODD_SIZES,
    SIZES,
    WORTH_THREADS,
    Config,
    arrays,
    assert_same,
    each_config,
    stacked,
)

SIX = (
    RegressionLabel,
    IntegralRegressionLabel,
    MSRAHeatmap,
    UDPHeatmap,
    MegviiHeatmap,
    SimCCLabel,
)


CLASSES = (
    *SIX,
    SPR,
    DecoupledHeatmap,
    AssociativeEmbedding,
    SimCC3DLabel,
    Hand3DHeatmap,
    EDPoseLabel,
    YOLOXPoseAnnotationProcessor,
)
EVERY: tuple[Config, ...] = (*CONFIGS, *BOTTOM_UP, *LIFTING, *FURTHER)
each_of_every = pytest.mark.parametrize("config", EVERY, ids=str)


def scale(x: float, y: float) -> NDArray[np.float32]:
    return np.array([x, y], np.float32)


# What the reference's instances have beside their arguments: defaults and what follows from them.
ATTRIBUTES: dict[str, tuple[type, dict[str, Any], dict[str, Any]]] = {
    "RegressionLabel": (RegressionLabel, {"input_size": (192, 256)}, {}),
    "MSRAHeatmap": (
        MSRAHeatmap,
        SIZES | {"sigma": 2},
        {"unbiased": False, "blur_kernel_size": 11, "scale_factor": scale(4, 4)},
    ),
    "MSRAHeatmap-odd": (
        MSRAHeatmap,
        ODD_SIZES | {"sigma": 1.5, "unbiased": True, "blur_kernel_size": 17},
        {"scale_factor": scale(3.3333333, 3.5714285)},
    ),
    "UDPHeatmap": (
        UDPHeatmap,
        SIZES,
        {
            "heatmap_type": "gaussian",
            "sigma": 2.0,
            "radius_factor": 0.0546875,
            "blur_kernel_size": 11,
            "scale_factor": scale(4.0638298, 4.0476190),
        },
    ),
    "UDPHeatmap-odd": (
        UDPHeatmap,
        ODD_SIZES | {"heatmap_type": "combined", "radius_factor": 0.1, "blur_kernel_size": 6},
        {"scale_factor": scale(3.4137931, 3.7)},
    ),
    "MegviiHeatmap": (
        MegviiHeatmap,
        {"input_size": (65, 49), "heatmap_size": (17, 13), "kernel_size": 5},
        {"scale_factor": scale(3.8235295, 3.7692308)},
    ),
    "SimCCLabel": (
        SimCCLabel,
        {"input_size": (192, 256)},
        {
            "smoothing_type": "gaussian",
            "sigma": np.array([6.0, 6.0]),
            "simcc_split_ratio": 2.0,
            "label_smooth_weight": 0.0,
            "normalize": True,
            "use_dark": False,
            "decode_visibility": False,
            "decode_beta": 150.0,
        },
    ),
    "SimCCLabel-per-axis": (
        SimCCLabel,
        {"input_size": (192, 256), "sigma": (4.9, 5.66), "simcc_split_ratio": 3, "use_dark": True},
        {"sigma": np.array([4.9, 5.66])},
    ),
    "SimCCLabel-whole-sigma": (
        SimCCLabel,
        {"input_size": (192, 256), "sigma": 2},
        {"sigma": np.array([2, 2])},
    ),
    "SimCCLabel-standard": (
        SimCCLabel,
        {"input_size": (97, 61), "smoothing_type": "standard", "label_smooth_weight": 0.1},
        {},
    ),
    "SPR": (
        SPR,
        SIZES,
        {
            "sigma": (3072**0.5 / 32,),
            "generate_keypoint_heatmaps": False,
            "root_type": "kpt_center",
            "minimal_diagonal_length": 5,
            "background_weight": 0.1,
            "decode_nms_kernel": 5,
            "decode_max_instances": 30,
            "decode_thr": 0.01,
            "scale_factor": scale(4, 4),
        },
    ),
    "SPR-keypoints": (
        SPR,
        SIZES | {"generate_keypoint_heatmaps": True, "root_type": "bbox_center"},
        {"sigma": (3072**0.5 / 32, 0.0)},
    ),
    "SPR-sigma": (SPR, SIZES | {"sigma": (4, 2.5), "minimal_diagonal_length": 2.5}, {}),
    "DecoupledHeatmap": (
        DecoupledHeatmap,
        SIZES,
        {
            "root_type": "kpt_center",
            "heatmap_min_overlap": 0.7,
            "encode_max_instances": 30,
            "scale_factor": scale(4, 4),
        },
    ),
    "DecoupledHeatmap-odd": (
        DecoupledHeatmap,
        ODD_SIZES
        | {"root_type": "bbox_center", "heatmap_min_overlap": 0.5, "encode_max_instances": 2},
        {"scale_factor": scale(3.3333333, 3.5714285)},
    ),
    "AssociativeEmbedding": (
        AssociativeEmbedding,
        SIZES,
        {
            "sigma": 3072**0.5 / 64,
            "use_udp": False,
            "decode_keypoint_order": [],
            "decode_nms_kernel": 5,
            "decode_gaussian_kernel": 3,
            "decode_keypoint_thr": 0.1,
            "decode_tag_thr": 1.0,
            "decode_topk": 30,
            "decode_center_shift": 0.0,
            "decode_max_instances": None,
            "scale_factor": scale(4, 4),
        },
    ),
    "AssociativeEmbedding-udp": (
        AssociativeEmbedding,
        ODD_SIZES
        | {"use_udp": True, "sigma": 2, "decode_keypoint_order": [1, 0], "decode_max_instances": 3},
        {"scale_factor": scale(3.4137931, 3.7)},
    ),
    "SimCC3DLabel": (
        SimCC3DLabel,
        {"input_size": (288, 384, 288)},
        {
            "sigma": np.array([6.0, 6.0, 6.0]),
            "simcc_split_ratio": 2.0,
            "normalize": True,
            "use_dark": False,
            "root_index": [0],
            "root_z": [5.14388],
            "z_range": 2.1744869,
        },
    ),
    "SimCC3DLabel-roots": (
        SimCC3DLabel,
        {"input_size": (288, 384, 288), "root_index": (11, 12), "sigma": (6, 7, 6), "z_range": 3.0},
        {"root_index": [11, 12], "sigma": np.array([6, 7, 6])},
    ),
    "Hand3DHeatmap": (
        Hand3DHeatmap,
        {},
        {
            "image_size": np.array([256, 256]),
            "root_heatmap_size": 64,
            "heatmap_size": np.array([64, 64, 64]),
            "heatmap3d_depth_bound": 400.0,
            "heatmap_size_root": 64,
            "root_depth_bound": 400.0,
            "depth_size": 64,
            "use_different_joint_weights": False,
            "sigma": 2,
            "joint_indices": None,
            "max_bound": 1.0,
            "scale_factor": scale(4, 4),
        },
    ),
    "Hand3DHeatmap-odd": (
        Hand3DHeatmap,
        {"image_size": [96, 64], "heatmap_size": [24, 20, 8], "joint_indices": [0, -1]},
        {
            "image_size": np.array([96, 64]),
            "heatmap_size": np.array([24, 20, 8]),
            "scale_factor": scale(4, 3.2),
        },
    ),
    "EDPoseLabel": (EDPoseLabel, {}, {"num_select": 100, "num_keypoints": 17}),
    "YOLOXPoseAnnotationProcessor": (YOLOXPoseAnnotationProcessor, {}, {"expand_bbox": False}),
}

# label_mapping_table and field_mapping_table; both keep the names.
TABLES = {
    RegressionLabel: (["keypoint_labels", "keypoint_weights"], []),
    IntegralRegressionLabel: (["keypoint_labels", "keypoint_weights"], ["heatmaps"]),
    MSRAHeatmap: (["keypoint_weights"], ["heatmaps"]),
    UDPHeatmap: (["keypoint_weights"], ["heatmaps"]),
    MegviiHeatmap: (["keypoint_weights"], ["heatmaps"]),
    SimCCLabel: (["keypoint_x_labels", "keypoint_y_labels", "keypoint_weights"], []),
}


class Named(MSRAHeatmap):
    """A codec with other arguments, an attribute of its own, and more to say."""

    def __init__(self, name: str, *, side: int) -> None:
        super().__init__((4 * side, 4 * side), (side, side), 1.5)
        self.name = name

    def encode(self, keypoints: Any, keypoints_visible: Any = None, **options: Any) -> Any:
        encoded = super().encode(keypoints, keypoints_visible, **options)
        return encoded | {"name": self.name}


class Halves(BaseKeypointCodec):
    """A codec written in Python."""

    auxiliary_encode_keys: ClassVar = {"area"}
    label_mapping_table: ClassVar = {"halves": "halves"}

    def __init__(self, divisor: float = 2.0) -> None:
        self.divisor = divisor

    def encode(self, keypoints: Any, keypoints_visible: Any = None) -> Any:
        return {"halves": keypoints / self.divisor}

    def decode(self, encoded: Any) -> Any:
        return encoded * self.divisor, np.ones(encoded.shape[:2])


class BatchedHalves(Halves):
    """One that decodes batches too."""

    def batch_decode(self, batch_encoded: Any) -> Any:
        return stacked([self.decode(encoded) for encoded in batch_encoded])


class Forgetful(UDPHeatmap):
    """One whose author forgot something."""

    def __init__(self) -> None:
        self.colour = "red"


@pytest.mark.parametrize(("cls", "kwargs", "more"), ATTRIBUTES.values(), ids=ATTRIBUTES)
def test_attributes(cls: type, kwargs: dict[str, Any], more: dict[str, Any]) -> None:
    codec = cls(**kwargs)
    for name, want in (kwargs | more).items():
        got = getattr(codec, name)
        assert type(got) is type(want), name
        if isinstance(want, np.ndarray):
            assert (got.dtype, got.shape) == (want.dtype, want.shape)
            np.testing.assert_array_equal(got, want)
        else:
            assert got == want


def test_attributes_of_a_codec_of_two() -> None:
    codec = IntegralRegressionLabel(**ODD_SIZES, sigma=1.5, unbiased=True, normalize=False)
    assert codec.heatmap_codec == MSRAHeatmap(**ODD_SIZES, sigma=1.5, unbiased=True)
    assert codec.keypoint_codec == RegressionLabel(ODD_SIZES["input_size"])
    assert codec.normalize is False
    assert IntegralRegressionLabel(**SIZES, sigma=2).normalize is True


@pytest.mark.parametrize("cls", SIX)
def test_tables(cls: type[BaseKeypointCodec]) -> None:
    label, field = TABLES[cls]
    assert cls.label_mapping_table == dict(zip(label, label, strict=True))
    assert cls.field_mapping_table == dict(zip(field, field, strict=True))
    assert cls.instance_mapping_table == {}
    assert cls.auxiliary_encode_keys == set()


@each_config
def test_tables_name_what_is_encoded(config: Config, rng: Generator) -> None:
    codec = config.make()
    encoded = codec.encode(config.keypoints(rng))
    assert set(encoded) == {*codec.label_mapping_table, *codec.field_mapping_table}


@pytest.mark.parametrize("cls", CLASSES)
def test_signatures_and_help(cls: type[BaseKeypointCodec]) -> None:
    config = next(config for config in EVERY if config.codec == cls.__name__)
    codec = config.make()
    parameters = inspect.signature(cls).parameters
    defaults = {
        name: parameter.default
        for name, parameter in parameters.items()
        if parameter.default is not parameter.empty
    }
    shown = repr(cls(**{name: config.kwargs[name] for name in parameters.keys() - defaults}))
    assert re.findall(r"(\w+)=", shown) == list(parameters)
    for name, default in defaults.items():
        assert f"{name}={default!r}" in shown
    for method in (cls, codec.encode, codec.decode, codec.batch_encode, codec.batch_decode):
        assert inspect.getdoc(method)


def test_attributes_cannot_be_written() -> None:
    codec = UDPHeatmap(**SIZES)
    with pytest.raises(AttributeError):
        codec.sigma = 3.0
    codec.scale_factor[:] = 7  # a copy
    np.testing.assert_array_equal(codec.scale_factor, UDPHeatmap(**SIZES).scale_factor)


@each_of_every
def test_repr_is_the_constructor_call(config: Config) -> None:
    codec = config.make()
    again = eval(repr(codec), vars(posecodec_rs))
    assert type(again) is type(codec)
    assert again == codec
    assert repr(again) == repr(codec)


def test_repr_of_numpy_arguments_is_plain() -> None:
    sizes = {name: np.array(size) for name, size in SIZES.items()}
    codec = MSRAHeatmap(**sizes, sigma=np.float32(2), unbiased=np.True_)
    assert repr(codec) == repr(MSRAHeatmap([192, 256], [48, 64], 2.0, True))


def test_equality_and_hash() -> None:
    codecs, again = ([config.make() for config in EVERY] for _ in range(2))
    assert codecs == again
    assert [hash(codec) for codec in codecs] == [hash(codec) for codec in again]
    assert len(set(codecs)) == len(EVERY)
    assert len({*codecs, *again}) == len(EVERY)


def test_equal_only_within_a_class() -> None:
    codec = Named("a", side=16)
    assert codec == Named("a", side=16)
    assert codec != MSRAHeatmap((64, 64), (16, 16), 1.5)
    assert codec != "MSRAHeatmap"
    assert Halves() != Halves()


def test_defaults_are_equal_to_what_they_stand_for() -> None:
    assert MSRAHeatmap(**SIZES, sigma=2.0) == MSRAHeatmap(
        list(SIZES["input_size"]), list(SIZES["heatmap_size"]), 2, False, 11
    )


COPIES: dict[str, Callable[[Any], Any]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    **{
        f"pickle-{protocol}": lambda codec, protocol=protocol: pickle.loads(
            pickle.dumps(codec, protocol)
        )
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
    },
}
each_copy = pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)


@each_config
@each_copy
def test_copies(config: Config, copied: Callable[[Any], Any], rng: Generator) -> None:
    codec = config.make()
    again = copied(codec)
    assert type(again) is type(codec)
    assert again == codec
    assert repr(again) == repr(codec)
    points = config.keypoints(rng)
    assert_same(again.encode(points), codec.encode(points))
    encoded = config.encoded(rng)
    assert_same(again.decode(*encoded), codec.decode(*encoded))


@each_copy
def test_copies_of_a_subclass(copied: Callable[[Any], Any], rng: Generator) -> None:
    codec = Named("left", side=16)
    codec.extra = {"seen": 3}
    again = copied(codec)
    assert type(again) is Named
    assert again == codec
    assert (again.name, again.extra) == ("left", {"seen": 3})
    points = rng.uniform(0, 63, (1, 5, 2))
    encoded = again.encode(points)
    assert encoded.pop("name") == "left"
    assert_same(encoded, MSRAHeatmap((64, 64), (16, 16), 1.5).encode(points))


@each_copy
def test_copies_of_a_codec_in_python(copied: Callable[[Any], Any]) -> None:
    again = copied(Halves(4.0))
    assert type(again) is Halves
    assert again.divisor == 4.0


def test_errors_can_be_pickled() -> None:
    with pytest.raises(posecodec_rs.InvalidInputError) as caught:
        UDPHeatmap((0, 0), (48, 64))
    again = pickle.loads(pickle.dumps(caught.value))
    assert type(again) is posecodec_rs.InvalidInputError
    assert again.args == caught.value.args


def test_what_a_codec_hands_to_pickle_cannot_change_it() -> None:
    codec = UDPHeatmap((192, 256), (48, 64))
    shown = repr(codec)
    (_, (_, arguments)) = codec.__reduce__()[1]
    arguments["sigma"] = 7.0
    assert repr(codec) == shown


def test_codecs_are_collected() -> None:
    codec = Named("ring", side=16)
    codec.itself = codec
    gone = weakref.ref(codec)
    del codec
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("cls", CLASSES)
def test_a_codec_is_made_once(cls: type[Any]) -> None:
    config = next(config for config in EVERY if config.codec == cls.__name__)
    codec = config.make()
    with pytest.raises(RuntimeError):
        codec.__init__(**config.kwargs)
    assert codec == config.make()


@each_config
def test_forgotten_super_init(config: Config, rng: Generator) -> None:
    ready = config.make()
    codec = type(ready).__new__(type(ready))
    points, encoded = config.keypoints(rng, 1), config.encoded(rng, 1)
    for method, *arguments in (
        ("encode", points[0]),
        ("batch_encode", points),
        ("decode", *(array[0] for array in encoded)),
        ("batch_decode", *encoded),
    ):
        with pytest.raises(RuntimeError, match=r"super\(\).__init__"):
            getattr(codec, method)(*arguments)


@pytest.mark.parametrize("cls", CLASSES)
def test_attributes_after_a_forgotten_super_init(cls: type[BaseKeypointCodec]) -> None:
    attributes = [name for name, member in vars(cls).items() if inspect.isgetsetdescriptor(member)]
    assert attributes
    for name in attributes:
        with pytest.raises(RuntimeError, match=r"super\(\).__init__"):
            getattr(cls.__new__(cls), name)


def test_a_forgetful_subclass_says_what_is_wrong() -> None:
    codec = Forgetful()
    assert codec.colour == "red"
    with pytest.raises(RuntimeError, match=r"super\(\).__init__"):
        codec.encode(np.zeros((1, 5, 2)))


def test_the_base_is_abstract() -> None:
    class Half(BaseKeypointCodec):
        def encode(self, keypoints: Any, keypoints_visible: Any = None) -> Any:
            return {}

    with pytest.raises(TypeError, match="abstract class BaseKeypointCodec"):
        BaseKeypointCodec()
    with pytest.raises(TypeError, match="abstract class Half without decode"):
        Half()


def test_a_codec_in_python(rng: Generator) -> None:
    points = rng.uniform(0, 9, (3, 1, 5, 2))
    codec, batched = Halves(), BatchedHalves(divisor=4.0)
    assert isinstance(codec, BaseKeypointCodec)
    assert not codec.support_batch_decoding
    assert batched.support_batch_decoding
    np.testing.assert_array_equal(codec.decode(codec.encode(points[0])["halves"])[0], points[0])
    np.testing.assert_array_equal(batched.batch_decode(points / 4)[0], points)
    for method in (codec.batch_decode, codec.batch_encode):
        with pytest.raises(NotImplementedError):
            method(points)
    assert codec.auxiliary_encode_keys == {"area"}
    assert BaseKeypointCodec.auxiliary_encode_keys == set()
    assert (codec.field_mapping_table, codec.instance_mapping_table) == ({}, {})


@each_config
def test_supports_batch_decoding(config: Config) -> None:
    assert config.make().support_batch_decoding is True


@each_config
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("batch", [1, 5, WORTH_THREADS])
def test_a_batch_is_encoded_as_its_samples(
    config: Config, threads: int, batch: int, rng: Generator
) -> None:
    posecodec_rs.set_num_threads(threads)
    codec = config.make()
    points, visible = config.keypoints(rng, batch), config.visible(rng, batch)
    want = stacked([codec.encode(*sample) for sample in zip(points, visible, strict=True)])
    assert_same(codec.batch_encode(points, visible), want)
    assert_same(codec.batch_encode(points), stacked([codec.encode(sample) for sample in points]))


@each_config
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("batch", [1, 5, WORTH_THREADS])
def test_a_batch_is_decoded_as_its_samples(
    config: Config, threads: int, batch: int, rng: Generator
) -> None:
    posecodec_rs.set_num_threads(threads)
    codec = config.make()
    encoded = config.encoded(rng, batch)
    want = stacked([codec.decode(*sample) for sample in zip(*encoded, strict=True)])
    assert_same(codec.batch_decode(*encoded), want)


@each_config
def test_an_empty_batch(config: Config, rng: Generator) -> None:
    codec = config.make()
    points, encoded = config.keypoints(rng, 1), config.encoded(rng, 1)
    for got, want in (
        (codec.batch_encode(points[:0]), codec.batch_encode(points)),
        (codec.batch_decode(*(array[:0] for array in encoded)), codec.batch_decode(*encoded)),
    ):
        for empty, full in zip(arrays(got), arrays(want), strict=True):
            assert (empty.dtype, empty.shape) == (full.dtype, (0, *full.shape[1:]))


def test_simcc_without_instances(rng: Generator) -> None:
    codec = SimCCLabel((96, 64), decode_visibility=True)
    x, y = rng.random((2, 4, 5, 192)), rng.random((2, 4, 5, 128))
    batch_points, (batch_scores, batch_seen) = codec.batch_decode(x[:, 0], y[:, 0])
    points, (scores, seen) = codec.decode(x[0, 0], y[0, 0])
    assert (batch_points.shape, batch_scores.shape, batch_seen.shape) == (
        (2, 1, 5, 2),
        (2, 1, 5),
        (2, 1, 5),
    )
    assert_same((batch_points[0], batch_scores[0], batch_seen[0, 0]), (points, scores, seen))
    assert_same(codec.decode(x[0, :1], y[0, :1]), (points, (scores, seen[None])))


def dirty(answer: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Arrays as the answer's, full of something else, in the opposite order."""
    return {
        key: np.full_like(answer[key], np.nan if answer[key].dtype.kind == "f" else 7)
        for key in reversed(answer)
    }


@each_config
@pytest.mark.parametrize("batch", [None, 0, 1, 5])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, np.bool_])
def test_out_is_filled_and_returned(
    config: Config, batch: int | None, dtype: type, rng: Generator
) -> None:
    codec = config.make()
    encode = codec.encode if batch is None else codec.batch_encode
    sizes = () if batch is None else (batch,)
    points, visible = config.keypoints(rng, *sizes), config.visible(rng, *sizes).astype(dtype)
    want = encode(points, visible)
    out = dirty(want)
    given = dict(out)
    assert encode(points, visible, out=out) is out
    assert list(out) == list(given)
    assert all(out[key] is given[key] for key in given)
    assert_same({key: out[key] for key in want}, want)


def arguments(config: Any, dtype: type, rng: Generator, *batch: int) -> dict[str, Any]:
    """Of `encode`, or `batch_encode` with a `batch`; numbers with a point in this precision."""
    if config in LIFTING:
        args = config.inputs(rng, *batch)
    elif config in FURTHER:
        args = config.encode_args(rng, *batch)
    else:
        args = {
            "keypoints": config.keypoints(rng, *batch),
            "keypoints_visible": config.visible(rng, *batch),
        }
    floats = {name for name, value in args.items() if getattr(value, "dtype", None) == np.float32}
    return {name: args[name].astype(dtype) if name in floats else args[name] for name in args}


def in_one_memory(
    given: NDArray[Any], filled: NDArray[Any], ahead: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """A copy of what is given, and an array to fill that begins so many bytes behind it."""
    memory = np.empty(max(given.nbytes, ahead + filled.nbytes), np.uint8)
    one = memory[: given.nbytes].view(given.dtype).reshape(given.shape)
    other = memory[ahead : ahead + filled.nbytes].view(filled.dtype).reshape(filled.shape)
    one[...] = given
    return one, other


@pytest.mark.parametrize(
    "config", [config for config in EVERY if config.codec != "DecoupledHeatmap"], ids=str
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_out_may_be_the_inputs_own_memory(config: Config, dtype: type, rng: Generator) -> None:
    """Every argument is read before anything is written: where both lie, the answer is the same.

    What is filled item by item would be right in the very same place, but not 8 bytes behind it.
    """
    for method, batch in (("encode", ()), ("batch_encode", (2,))):
        encode, args = getattr(config.make(), method), arguments(config, dtype, rng, *batch)
        want = encode(**args)
        filled = {key: value for key, value in want.items() if isinstance(value, np.ndarray)}
        given = {name: value for name, value in args.items() if isinstance(value, np.ndarray)}
        for name, key, ahead in itertools.product(given, filled, (0, 8)):
            out = want | {other: np.full_like(array, 7) for other, array in filled.items()}
            one, out[key] = in_one_memory(given[name], filled[key], ahead)
            assert_same(encode(**args | {name: one}, out=out), want)


@each_of_every
def test_build(config: Config) -> None:
    codec = config.make()
    for kind in (config.codec, type(codec)):
        built = posecodec_rs.build({"type": kind, **config.kwargs})
        assert type(built) is type(codec)
        assert built == codec


def test_build_leaves_its_config_alone() -> None:
    cfg = {"type": "UDPHeatmap", **SIZES}
    before = dict(cfg)
    posecodec_rs.build(cfg)
    assert cfg == before


def test_build_of_an_older_name_and_of_subclasses() -> None:
    assert posecodec_rs.SimCC is SimCCLabel
    assert posecodec_rs.build({"type": "SimCC", "input_size": (4, 4)}) == SimCCLabel((4, 4))
    assert posecodec_rs.build({"type": Named, "name": "b", "side": 8}) == Named("b", side=8)
    assert isinstance(posecodec_rs.build({"type": Halves}), Halves)
