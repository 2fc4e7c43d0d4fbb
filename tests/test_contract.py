"""What every codec guarantees apart from its numbers: attributes, copies, subclasses, configs."""

import copy
import gc
import inspect
import pickle
import re
import weakref
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import posecodec_rs
import pytest
from comparison import arrays, assert_same
from numpy.random import Generator
from posecodec_rs import (
    SPR,
    AssociativeEmbedding,
    BaseKeypointCodec,
    MSRAHeatmap,
    SimCCLabel,
    UDPHeatmap,
)
from specs import CONFIGS, SPECS, Config, Spec, each, each_config, each_spec
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


ATTRIBUTES = {
    f"{name}{note and '-'}{note}": (spec, *attributes)
    for name, spec in SPECS.items()
    for note, attributes in spec.attributes.items()
}


def test_every_codec_has_a_spec() -> None:
    exported = {codec.__name__ for codec in posecodec_rs.CODECS.values()}
    assert set(SPECS) == exported
    for spec in SPECS.values():
        assert spec.configs
        assert spec.attributes
        assert all(config.codec == spec.name for config in spec.configs)


@pytest.mark.parametrize(("spec", "kwargs", "more"), ATTRIBUTES.values(), ids=ATTRIBUTES)
def test_attributes(spec: Spec, kwargs: dict[str, Any], more: dict[str, Any]) -> None:
    codec = spec.codec(**kwargs)
    for name, want in (kwargs | more).items():
        if name in spec.hidden_arguments:
            continue
        got = getattr(codec, name)
        assert type(got) is type(want), name
        if isinstance(want, np.ndarray):
            assert_same(got, want)
            got[...] = 7  # a copy
            assert_same(getattr(codec, name), want)
        else:
            assert got == want
        with pytest.raises(AttributeError):
            setattr(codec, name, want)


def table(names: Any) -> dict[str, str]:
    return dict(names) if isinstance(names, dict) else {name: name for name in names}


@each_spec
def test_tables(spec: Spec) -> None:
    assert spec.codec.label_mapping_table == table(spec.labels)
    assert spec.codec.field_mapping_table == table(spec.fields)
    assert spec.codec.instance_mapping_table == table(spec.instance_items)
    assert spec.codec.auxiliary_encode_keys == spec.auxiliary_keys


@each(config for config in CONFIGS if config.spec.lists_all_items)
def test_tables_list_all_items(config: Config, rng: Generator) -> None:
    codec = config.make()
    encoded = codec.encode(config.keypoints(rng))
    assert set(encoded) == {*codec.label_mapping_table, *codec.field_mapping_table}


@each_config
def test_shapes(config: Config, rng: Generator) -> None:
    encoded = config.encode(config.make(), **config.encode_args(rng))
    want = config.spec.shapes(config)
    assert want
    assert {name: encoded[name].shape for name in want} == want


@each_spec
def test_signatures_and_help(spec: Spec) -> None:
    config = spec.configs[0]
    codec = config.make()
    parameters = inspect.signature(spec.codec).parameters
    defaults = {
        name: parameter.default
        for name, parameter in parameters.items()
        if parameter.default is not parameter.empty
    }
    shown = repr(spec.codec(**{name: config.kwargs[name] for name in parameters.keys() - defaults}))
    assert re.findall(r"(\w+)=", shown) == list(parameters)
    for name, default in defaults.items():
        assert f"{name}={default!r}" in shown
    for method in (spec.codec, codec.encode, codec.decode, codec.batch_encode, codec.batch_decode):
        assert inspect.getdoc(method)


@each_spec
def test_unknown_and_missing_arguments(spec: Spec) -> None:
    config = spec.configs[0]
    with pytest.raises(TypeError, match="nonsense"):
        spec.codec(**config.kwargs, nonsense=1)
    required = [
        name
        for name, parameter in inspect.signature(spec.codec).parameters.items()
        if parameter.default is parameter.empty
    ]
    for name in required:
        with pytest.raises(TypeError, match=name):
            spec.codec(**{key: value for key, value in config.kwargs.items() if key != name})
    codec = config.make()
    for method in spec.methods if "YOLOX" not in spec.name else ():  # all may be left out there
        with pytest.raises(TypeError):
            getattr(codec, method)()
        with pytest.raises(TypeError, match="nonsense"):
            getattr(codec, method)(nonsense=1)


def test_out_is_a_keyword() -> None:
    with pytest.raises(TypeError):
        UDPHeatmap(**SIZES).encode(np.ones((1, 1, 2)), None, {})  # type: ignore[call-arg]


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


@each_spec
def test_unsupported_methods(spec: Spec) -> None:
    codec = spec.configs[0].make()
    assert codec.support_batch_decoding is spec.decodes
    if spec.decodes_batches_only:
        with pytest.raises(NotImplementedError, match="batch_decode"):
            codec.decode(np.zeros((5, 64, 48)))
    if not spec.decodes:
        assert codec.decode(1, name=2) is None
        with pytest.raises(NotImplementedError):
            codec.batch_decode(1)


@each_config
def test_inputs_are_left_alone(config: Config, rng: Generator) -> None:
    codec = config.make()
    for batch in ((), (2,)):
        args, encoded = config.encode_args(rng, *batch), config.encoded(rng, *batch)
        before = copy.deepcopy((args, encoded))
        (config.batch_encode if batch else config.encode)(codec, **args)
        if config.spec.decodes:
            codec.batch_decode(*encoded) if batch else config.decode(codec, *encoded)
        assert_same((args, encoded), before)


@each_config
def test_outputs_do_not_alias(config: Config, rng: Generator) -> None:
    codec, args, encoded = config.make(), config.encode_args(rng), config.encoded(rng)
    targets = config.encode(codec, **args)
    inputs = {id(array) for array in arrays(args)}
    # Lifting codecs return the visibilities that they were given, as MMPose's do.
    outputs = {id(array): array for array in arrays(targets) if id(array) not in inputs}
    decoded = arrays(config.decode(codec, *encoded)) if config.spec.decodes else []
    parts = [*outputs.values(), *decoded]
    for number, one in enumerate(parts):
        assert one.flags.writeable
        assert not any(np.shares_memory(one, other) for other in parts[number + 1 :])
        assert not any(np.shares_memory(one, other) for other in encoded)


@each_config
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
    named = posecodec_rs.build({"type": NamedCodec, "name": "b", "side": 8})
    assert named == NamedCodec("b", side=8)
    assert isinstance(posecodec_rs.build({"type": HalfScaleCodec}), HalfScaleCodec)


def test_associative_embedding_keeps_its_own_order() -> None:
    order = [1, 0]
    codec = AssociativeEmbedding(**SIZES, decode_keypoint_order=order)
    order.append(2)
    assert codec.decode_keypoint_order == [1, 0]
