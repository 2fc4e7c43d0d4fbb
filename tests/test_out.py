"""`out`: arrays to fill are filled and returned; they may be the memory of the arguments."""

import itertools
from typing import Any

import numpy as np
import pytest
from comparison import assert_same
from numpy.random import Generator
from numpy.typing import NDArray
from posecodec_rs import DecoupledHeatmap, InvalidInputError
from specs import CONFIGS, Config, each, of_codec
from specs.shared.inputs import SIZES

each_taking_out = each(config for config in CONFIGS if config.spec.takes_out)


def arrays_of(result: dict[str, Any]) -> dict[str, NDArray[Any]]:
    return {name: value for name, value in result.items() if isinstance(value, np.ndarray)}


def other_values(result: dict[str, Any]) -> dict[str, Any]:
    """Arrays like a result's with other values, in the opposite order; other items as they are."""
    return {
        name: np.full_like(value, np.nan if value.dtype.kind == "f" else 7)
        if isinstance(value, np.ndarray)
        else value
        for name, value in reversed(result.items())
    }


def check_out(encode: Any, args: dict[str, Any], want: dict[str, Any]) -> None:
    out = other_values(want)
    given = dict(out)
    assert encode(**args, out=out) is out
    assert list(out) == list(given)
    for name in arrays_of(given):
        assert out[name] is given[name]
    assert_same({name: out[name] for name in want}, want)
    # Items that are no arrays may be left out.
    arrays_alone = arrays_of(other_values(want))
    assert set(encode(**args, out=arrays_alone)) == set(want)


@each_taking_out
@pytest.mark.parametrize("batch", [(), (0,), (1,), (5,)], ids=str)
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, np.bool_])
def test_out_is_filled_and_returned(
    config: Config, batch: tuple[int, ...], dtype: type, rng: Generator
) -> None:
    codec, args = config.make(), config.encode_args(rng, *batch)
    args["keypoints_visible"] = args["keypoints_visible"].astype(dtype)
    encode = codec.batch_encode if batch else codec.encode
    check_out(encode, args, encode(**args))


@each_taking_out
@pytest.mark.parametrize("batch", [(), (3,)], ids=str)
def test_out_without_optional_arguments(
    config: Config, batch: tuple[int, ...], rng: Generator
) -> None:
    codec, args = config.make(), config.encode_args(rng, *batch)
    encode = codec.batch_encode if batch else codec.encode
    for name in config.spec.optional_args & set(args):
        omitted = {name, f"{name}_visible"}  # the visibilities of a target too
        given = {key: None if key in omitted else value for key, value in args.items()}
        check_out(encode, given, encode(**given))


@of_codec("SPR")
def test_out_of_a_list(config: Config, rng: Generator) -> None:
    codec = config.make()
    images = [config.keypoints(rng)[:count] for count in (2, 0, 3, 1)]
    want = codec.batch_encode(images)
    out = {name: np.full_like(array, np.nan) for name, array in want.items()}
    assert codec.batch_encode(images, out=out) is out
    assert_same(out, want)


@each(config for config in CONFIGS if config.spec.family == "detection")
def test_no_out_for_lists(config: Config, rng: Generator) -> None:
    codec, args = config.make(), config.encode_args(rng, 2)
    with pytest.raises(InvalidInputError, match="`out`"):
        codec.batch_encode(**{name: list(value) for name, value in args.items()}, out={})


def test_no_out_for_random_shapes(rng: Generator) -> None:
    codec, points = DecoupledHeatmap(**SIZES), rng.uniform(0, 190, (2, 17, 2))
    with pytest.raises(TypeError, match="out"):
        codec.encode(points, out=codec.encode(points))  # type: ignore[call-arg]


def in_one_memory(
    given: NDArray[Any], filled: NDArray[Any], ahead: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """A copy of an argument, and an array to fill that begins `ahead` bytes after it."""
    memory = np.empty(max(given.nbytes, ahead + filled.nbytes), np.uint8)
    one = memory[: given.nbytes].view(given.dtype).reshape(given.shape)
    other = memory[ahead : ahead + filled.nbytes].view(filled.dtype).reshape(filled.shape)
    one[...] = given
    return one, other


@each_taking_out
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_out_may_be_the_memory_of_an_argument(config: Config, dtype: type, rng: Generator) -> None:
    """Every argument is read before anything is written.

    Code that fills item by item would be right in the very same place, but not 8 bytes after it.
    """
    for method, batch in (("encode", ()), ("batch_encode", (2,))):
        encode = getattr(config.make(), method)
        args = {
            name: value.astype(dtype) if getattr(value, "dtype", None) == np.float32 else value
            for name, value in config.encode_args(rng, *batch).items()
        }
        want = encode(**args)
        filled, given = arrays_of(want), arrays_of(args)
        for name, key, ahead in itertools.product(given, filled, (0, 8)):
            out = want | {other: np.full_like(array, 7) for other, array in filled.items()}
            one, out[key] = in_one_memory(given[name], filled[key], ahead)
            assert_same(encode(**args | {name: one}, out=out), want)


def test_out_is_left_alone_after_an_error(rng: Generator) -> None:
    config = next(config for config in CONFIGS if config.codec == "MSRAHeatmap")
    codec, args = config.make(), config.encode_args(rng)
    out = {name: np.full_like(array, 1) for name, array in codec.encode(**args).items()}
    for visible in (args["keypoints_visible"][:, :4], args["keypoints_visible"].astype(np.int64)):
        with pytest.raises(InvalidInputError):
            codec.encode(args["keypoints"], visible, out=out)
    assert all((array == 1).all() for array in out.values())


@pytest.mark.torch
@each_taking_out
@pytest.mark.parametrize("dtype", [np.float32, np.int64])
def test_out_may_be_tensors(config: Config, dtype: type, rng: Generator) -> None:
    torch = pytest.importorskip("torch")
    codec, args = config.make(), config.encode_args(rng, 2)
    args["keypoints_visible"] = args["keypoints_visible"].astype(dtype)
    want = codec.batch_encode(**args)
    kinds = {
        "contiguous": lambda array: torch.full_like(torch.from_numpy(array), 7),
        "shared": lambda array: torch.from_numpy(array.copy()).share_memory_(),
        "view": lambda array: torch.from_numpy(np.stack([array, array]))[1],
    }
    for tensor in kinds.values():
        out = want | {name: tensor(array) for name, array in arrays_of(want).items()}
        given = dict(out)
        assert codec.batch_encode(**args, out=out) is out
        for name, array in arrays_of(want).items():
            assert out[name] is given[name]
            assert_same(out[name].numpy(), array)


@pytest.mark.torch
def test_tensors_that_cannot_be_filled(rng: Generator) -> None:
    torch = pytest.importorskip("torch")
    config = next(config for config in CONFIGS if config.codec == "MSRAHeatmap")
    codec, args = config.make(), config.encode_args(rng)
    good = {name: torch.from_numpy(array) for name, array in codec.encode(**args).items()}
    heatmaps = good["heatmaps"]
    for wrong, message in (
        (heatmaps.to("meta"), "must be on the CPU, but got a tensor on meta"),
        (heatmaps.clone().requires_grad_(), "must not require gradients"),
        (heatmaps.bfloat16(), "must be a tensor whose memory NumPy can share"),
        (heatmaps.double(), "must be a C-contiguous, writable float32 array"),
        (heatmaps[:, :3], "must be a C-contiguous, writable float32 array"),
        (heatmaps.mT.contiguous().mT, "not contiguous"),
    ):
        with pytest.raises(InvalidInputError, match=rf"`out\['heatmaps'\]` .*{message}"):
            codec.encode(**args, out=good | {"heatmaps": wrong})
