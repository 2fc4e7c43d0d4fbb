"""What every codec guarantees apart from its numbers: attributes, tables, inputs, configs."""

import copy
import inspect
import re
from typing import Any

import numpy as np
import posecodec_rs
import pytest
from comparison import arrays, assert_same
from numpy.random import Generator
from posecodec_rs import AssociativeEmbedding, UDPHeatmap
from specs import CONFIGS, SPECS, Config, Spec, each, each_config, each_spec
from specs.shared.inputs import SIZES

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


def test_associative_embedding_keeps_its_own_order() -> None:
    order = [1, 0]
    codec = AssociativeEmbedding(**SIZES, decode_keypoint_order=order)
    order.append(2)
    assert codec.decode_keypoint_order == [1, 0]
