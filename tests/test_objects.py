"""Codecs as Python objects: repr, equality, copies, pickling, subclasses."""

import copy
import gc
import inspect
import pickle
import weakref
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import posecodec_rs
import pytest
from comparison import assert_same
from numpy.random import Generator
from posecodec_rs import SPR, BaseKeypointCodec, MSRAHeatmap, SimCCLabel, UDPHeatmap
from specs import CONFIGS, Config, Spec, each_config, each_spec
from specs.shared.inputs import SIZES


class NamedCodec(MSRAHeatmap):
    """A codec with other arguments, an attribute of its own, and one more item."""

    def __init__(self, name: str, *, side: int) -> None:
        super().__init__((4 * side, 4 * side), (side, side), 1.5)
        self.name = name

    def encode(self, keypoints: Any, keypoints_visible: Any = None, **options: Any) -> Any:
        encoded = super().encode(keypoints, keypoints_visible, **options)
        return encoded | {"name": self.name}


class TitledCodec(SPR):
    """A bottom-up codec with other arguments and an attribute of its own."""

    def __init__(self, title: str, *, side: int) -> None:
        super().__init__((4 * side, 4 * side), (side, side), (2, 1), True)
        self.title = title


class HalfScaleCodec(BaseKeypointCodec):
    """A codec written in Python."""

    auxiliary_encode_keys: ClassVar = {"area"}
    label_mapping_table: ClassVar = {"halves": "halves"}

    def __init__(self, divisor: float = 2.0) -> None:
        self.divisor = divisor

    def encode(self, keypoints: Any, keypoints_visible: Any = None) -> Any:
        return {"halves": keypoints / self.divisor}

    def decode(self, encoded: Any) -> Any:
        return encoded * self.divisor, np.ones(encoded.shape[:2])


class BatchedHalfScaleCodec(HalfScaleCodec):
    """One that decodes batches too."""

    def batch_decode(self, batch_encoded: Any) -> Any:
        samples = [self.decode(encoded) for encoded in batch_encoded]
        return tuple(np.stack(parts) for parts in zip(*samples, strict=True))


class SkipsSuperInit(UDPHeatmap):
    """A subclass that does not call `super().__init__`."""

    def __init__(self) -> None:
        self.color = "red"


@each_config
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
    codecs, again = ([config.make() for config in CONFIGS] for _ in range(2))
    assert codecs == again
    assert [hash(codec) for codec in codecs] == [hash(codec) for codec in again]
    assert len(set(codecs)) == len(CONFIGS)
    assert len({*codecs, *again}) == len(CONFIGS)


def test_equal_only_within_a_class() -> None:
    codec = NamedCodec("a", side=16)
    assert codec == NamedCodec("a", side=16)
    assert codec != MSRAHeatmap((64, 64), (16, 16), 1.5)
    assert codec != "MSRAHeatmap"
    assert HalfScaleCodec() != HalfScaleCodec()


def test_defaults_equal_the_same_values() -> None:
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
    assert again.auxiliary_encode_keys == codec.auxiliary_encode_keys
    args = config.encode_args(rng)
    assert_same(config.encode(again, **args), config.encode(codec, **args))
    if config.spec.decodes:
        encoded = config.encoded(rng)
        assert_same(config.decode(again, *encoded), config.decode(codec, *encoded))


@each_config
def test_pickles_are_small(config: Config) -> None:
    statistics = sum(len(pickle.dumps(value)) for value in config.kwargs.values())
    assert len(pickle.dumps(config.make())) < 1000 + statistics


@each_copy
def test_copies_of_a_subclass(copied: Callable[[Any], Any], rng: Generator) -> None:
    codec = NamedCodec("left", side=16)
    codec.extra = {"seen": 3}
    again = copied(codec)
    assert type(again) is NamedCodec
    assert again == codec
    assert (again.name, again.extra) == ("left", {"seen": 3})
    points = rng.uniform(0, 63, (1, 5, 2))
    encoded = again.encode(points)
    assert encoded.pop("name") == "left"
    assert_same(encoded, MSRAHeatmap((64, 64), (16, 16), 1.5).encode(points))


@each_copy
def test_copies_of_a_bottom_up_subclass(copied: Callable[[Any], Any], rng: Generator) -> None:
    codec = TitledCodec("crowd", side=16)
    again = copied(codec)
    assert (type(again), again.title, again) == (TitledCodec, "crowd", codec)
    points = rng.uniform(0, 63, (2, 5, 2))
    plain = SPR((64, 64), (16, 16), (2, 1), True)
    assert_same(again.encode(points), plain.encode(points))
    assert again != plain


@each_copy
def test_copies_of_a_codec_in_python(copied: Callable[[Any], Any]) -> None:
    again = copied(HalfScaleCodec(4.0))
    assert type(again) is HalfScaleCodec
    assert again.divisor == 4.0


def test_errors_can_be_pickled() -> None:
    with pytest.raises(posecodec_rs.InvalidInputError) as caught:
        UDPHeatmap((0, 0), (48, 64))
    again = pickle.loads(pickle.dumps(caught.value))
    assert type(again) is posecodec_rs.InvalidInputError
    assert again.args == caught.value.args


def test_pickled_arguments_are_a_copy() -> None:
    codec = UDPHeatmap((192, 256), (48, 64))
    shown = repr(codec)
    (_, (_, arguments)) = codec.__reduce__()[1]
    arguments["sigma"] = 7.0
    assert repr(codec) == shown


def test_codecs_are_collected() -> None:
    codec = NamedCodec("ring", side=16)
    codec.itself = codec
    gone = weakref.ref(codec)
    del codec
    gc.collect()
    assert gone() is None


@each_config
def test_init_runs_once(config: Config) -> None:
    codec = config.make()
    with pytest.raises(RuntimeError):
        codec.__init__(**config.kwargs)
    assert codec == config.make()


needs_super_init = pytest.raises(RuntimeError, match=r"super\(\).__init__")


@each_config
def test_methods_without_super_init(config: Config, rng: Generator) -> None:
    codec = config.spec.codec.__new__(config.spec.codec)
    for method in config.spec.methods:
        batch = (1,) if method.startswith("batch") else ()
        with needs_super_init:
            if "encode" in method:
                getattr(codec, method)(**config.encode_args(rng, *batch))
            else:
                getattr(codec, method)(*config.encoded(rng, *batch))


@each_spec
def test_attributes_without_super_init(spec: Spec) -> None:
    attributes = [
        name for name, member in vars(spec.codec).items() if inspect.isgetsetdescriptor(member)
    ]
    assert attributes
    for name in attributes:
        with needs_super_init:
            getattr(spec.codec.__new__(spec.codec), name)


def test_a_subclass_that_skips_super_init() -> None:
    codec = SkipsSuperInit()
    assert codec.color == "red"
    with needs_super_init:
        codec.encode(np.zeros((1, 5, 2)))


def test_the_base_is_abstract() -> None:
    class WithoutDecode(BaseKeypointCodec):
        def encode(self, keypoints: Any, keypoints_visible: Any = None) -> Any:
            return {}

    with pytest.raises(TypeError, match="abstract class BaseKeypointCodec"):
        BaseKeypointCodec()
    with pytest.raises(TypeError, match="abstract class WithoutDecode without decode"):
        WithoutDecode()


def test_a_codec_in_python(rng: Generator) -> None:
    points = rng.uniform(0, 9, (3, 1, 5, 2))
    codec, batched = HalfScaleCodec(), BatchedHalfScaleCodec(divisor=4.0)
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


def test_build_of_an_older_name_and_of_subclasses() -> None:
    assert posecodec_rs.SimCC is SimCCLabel
    assert posecodec_rs.build({"type": "SimCC", "input_size": (4, 4)}) == SimCCLabel((4, 4))
    named = posecodec_rs.build({"type": NamedCodec, "name": "b", "side": 8})
    assert named == NamedCodec("b", side=8)
    assert isinstance(posecodec_rs.build({"type": HalfScaleCodec}), HalfScaleCodec)
