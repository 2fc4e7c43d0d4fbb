"""Everything that is valid input of any codec: dtypes, layouts, lists, tensors."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import posecodec_rs
import pytest
from comparison import arrays, assert_same
from many_cases import check_cases
from numpy.random import Generator
from numpy.typing import NDArray
from specs import CONFIGS, Config, each, each_config

Array = NDArray[Any]
each_decoding = each(config for config in CONFIGS if config.spec.decodes)

# Where NumPy would warn, as MMPose does, the codecs do not.
pytestmark = pytest.mark.filterwarnings("error")


class ArraySubclass(np.ndarray[Any, np.dtype[Any]]):
    """An array of another class."""


def misaligned(array: Array) -> Array:
    memory = b"\0" + array.tobytes()
    return np.frombuffer(memory, array.dtype, offset=1).reshape(array.shape)


def read_only(array: Array) -> Array:
    array = array.copy()
    array.flags.writeable = False
    return array


def part_of_a_larger_one(array: Array) -> Array:
    larger = np.full([side * 2 + 1 for side in array.shape], 77, array.dtype)
    part = larger[tuple(slice(1, None, 2) for _ in array.shape)]
    part[...] = array
    return part


LAYOUTS: dict[str, Callable[[Array], Array]] = {
    "backwards": lambda array: np.flip(np.flip(array).copy()),
    "transposed": lambda array: array.T.copy().T,
    "fortran": np.asfortranarray,
    "part": part_of_a_larger_one,
    "other-byte-order": lambda array: array.astype(array.dtype.newbyteorder()),
    "misaligned": misaligned,
    "misaligned-part": lambda array: misaligned(np.repeat(array, 2, axis=0))[::2],
    "read-only": read_only,
    "subclass": lambda array: array.view(ArraySubclass),
}


def in_layout(layout: Callable[[Array], Array], args: dict[str, Any]) -> dict[str, Any]:
    return {
        name: layout(value) if isinstance(value, np.ndarray) else value
        for name, value in args.items()
    }


def cast(args: dict[str, Any], dtype: Any) -> dict[str, Any]:
    """Arguments with their single-precision arrays in another dtype."""
    return {
        name: value.astype(dtype)
        if isinstance(value, np.ndarray) and value.dtype == np.float32
        else value
        for name, value in args.items()
    }


def as_plain(result: Any) -> Any:
    """A nested result with contiguous arrays in the machine's byte order."""
    if isinstance(result, dict):
        return {name: as_plain(value) for name, value in result.items()}
    if isinstance(result, list):
        return [as_plain(value) for value in result]
    if isinstance(result, np.ndarray):
        native = result.dtype.newbyteorder("=")
        return np.array(result, native, order="C", subok=False, ndmin=result.ndim)
    return result


def assert_unchanged(got: dict[str, Any], want: dict[str, Any]) -> None:
    for one, other in zip(arrays(got), arrays(want), strict=True):
        assert (one.dtype, one.shape) == (other.dtype, other.shape)
        assert one.tobytes() == other.tobytes()


@each_config
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_layouts_of_what_is_encoded(config: Config, dtype: type, rng: Generator) -> None:
    codec = config.make()
    cases: dict[str, Callable[[], None]] = {}
    for batch in ((), (2,)):
        args = cast(config.encode_args(rng, *batch), dtype)
        encode = partial(config.batch_encode if batch else config.encode, codec)
        want = as_plain(encode(**args))
        for name, layout in LAYOUTS.items():
            cases[f"{name} {batch}"] = partial(
                check_encoded_layout, config, encode, args, want, layout
            )
    check_cases(cases)


def check_encoded_layout(
    config: Config, encode: Any, args: dict[str, Any], want: Any, layout: Callable[[Array], Array]
) -> None:
    given = in_layout(layout, args)
    before = {
        name: value.copy() if isinstance(value, np.ndarray) else value
        for name, value in given.items()
    }
    got = encode(**given)
    # MMPose's weights are a copy of the visibilities, byte order and all; or float32.
    wanted = {"visibilities": given["keypoints_visible"].dtype, "flags": np.dtype(np.float32)}
    if config.spec.weights in wanted:
        for weights in arrays(got["keypoint_weights"]):
            assert weights.dtype == wanted[config.spec.weights]
    assert_same(as_plain(got), want)
    assert_unchanged(given, before)


@each_decoding
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_layouts_of_what_is_decoded(config: Config, dtype: type, rng: Generator) -> None:
    codec = config.make()
    cases: dict[str, Callable[[], None]] = {}
    for batch in ((), (2,)):
        args = cast(config.decode_args(rng, *batch), dtype)
        decode = codec.batch_decode if batch else partial(config.decode, codec)
        want = decode(*args.values())
        for name, layout in LAYOUTS.items():
            cases[f"{name} {batch}"] = partial(check_decoded_layout, decode, args, want, layout)
    check_cases(cases)


def check_decoded_layout(
    decode: Any, args: dict[str, Any], want: Any, layout: Callable[[Array], Array]
) -> None:
    given = in_layout(layout, args)
    before = {name: value.copy() for name, value in given.items()}
    assert_same(decode(*given.values()), want)
    assert_unchanged(given, before)


@each_decoding
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_dtypes_of_what_was_decoded(config: Config, dtype: type, rng: Generator) -> None:
    args = cast(config.decode_args(rng), dtype)
    decoded = config.decode(config.make(), *args.values())
    want = config.spec.decoded_dtypes(config, dtype)
    assert [array.dtype for array in arrays(decoded)] == want


def as_lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: as_lists(item) for name, item in value.items()}
    return value.tolist() if isinstance(value, np.ndarray) else value


@each_config
def test_nested_lists(config: Config, rng: Generator) -> None:
    codec, args = config.make(), cast(config.encode_args(rng), np.float64)
    given = as_lists(args)
    got, want = config.encode(codec, **given), config.encode(codec, **args)
    # Lifting codecs return the visibilities as they were given.
    as_given = [name for name, value in got.items() if any(value is arg for arg in given.values())]
    assert_same(got | {name: np.array(got[name]) for name in as_given}, want)
    if config.spec.decodes:
        batch, method = ((), "decode")
        if config.spec.decodes_batches_only:
            batch, method = ((2,), "batch_decode")
        args, decode = cast(config.decode_args(rng, *batch), np.float64), getattr(codec, method)
        assert_same(decode(*as_lists(args).values()), decode(*args.values()))


@each_config
@pytest.mark.parametrize(
    ("dtype", "computed"),
    [
        *((dtype, "f8") for dtype in ("i4", "i8", "u4", "g")),
        *((dtype, "f4") for dtype in ("i1", "u1", "i2", "u2", "f2", "?")),
    ],
)
def test_other_numbers_are_keypoints(
    config: Config, dtype: str, computed: str, rng: Generator
) -> None:
    """Large integers are converted to double precision, small ones to single."""
    codec, args = config.make(), config.encode_args(rng)
    points = (np.abs(args["keypoints"]) / 8).round().astype(dtype)
    want = config.encode(codec, **args | {"keypoints": points.astype(computed)})
    assert_same(config.encode(codec, **args | {"keypoints": points}), want)


DTYPES = (bool, "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "g")


@each(config for config in CONFIGS if config.spec.weights in ("visibilities", "flags"))
@pytest.mark.parametrize("dtype", DTYPES)
def test_weights_keep_the_dtype_of_visibilities(config: Config, dtype: Any, rng: Generator) -> None:
    codec, args = config.make(), config.encode_args(rng)
    visible = args["keypoints_visible"].astype(dtype)
    got = config.encode(codec, **args | {"keypoints_visible": visible})
    want = config.encode(codec, **args | {"keypoints_visible": visible.astype(np.float64)})
    weights, wanted = got.pop("keypoint_weights"), want.pop("keypoint_weights")
    if config.spec.weights == "visibilities":
        assert weights.dtype == visible.dtype
    np.testing.assert_array_equal(weights, wanted)
    for one, other in zip(arrays(got), arrays(want), strict=True):
        np.testing.assert_array_equal(one, other)


TENSORS: dict[str, Callable[[Any, Array], Any]] = {
    "float32": lambda torch, array: torch.from_numpy(array),
    "double": lambda torch, array: torch.from_numpy(array).double(),
    "half": lambda torch, array: torch.from_numpy(array).half(),
    "bfloat16": lambda torch, array: torch.from_numpy(array).bfloat16(),
    "requires-grad": lambda torch, array: torch.from_numpy(array).requires_grad_(),
    "part-of-a-graph": lambda torch, array: torch.from_numpy(array).requires_grad_() * 1,
    "not-contiguous": lambda torch, array: torch.from_numpy(array.T.copy()).permute(
        *reversed(range(array.ndim))
    ),
    "expanded": lambda torch, array: torch.from_numpy(array[:1].copy()).expand(array.shape),
    "part": lambda torch, array: torch.from_numpy(np.repeat(array, 3, axis=-1))[..., 1::3],
    # Torch negates these values when they are read.
    "lazily-negated": lambda torch, array: (
        torch.complex(torch.zeros(array.shape), -torch.from_numpy(array)).conj().imag
    ),
    "parameter": lambda torch, array: torch.nn.Parameter(torch.from_numpy(array)),
}


@pytest.mark.torch
@each_config
@pytest.mark.parametrize("tensor", TENSORS.values(), ids=TENSORS)
def test_tensors(config: Config, tensor: Callable[[Any, Array], Any], rng: Generator) -> None:
    torch = pytest.importorskip("torch")
    codec = config.make()

    def as_tensors(args: dict[str, Any]) -> dict[str, Any]:
        return {
            name: tensor(torch, value)
            if isinstance(value, np.ndarray) and value.dtype == np.float32
            else value
            for name, value in args.items()
        }

    def as_arrays(given: dict[str, Any]) -> dict[str, Any]:
        return {name: as_array(value) for name, value in given.items()}

    def as_array(value: Any) -> Any:
        if not isinstance(value, torch.Tensor):
            return value
        value = value.detach().resolve_neg()
        value = value.float() if value.dtype == torch.bfloat16 else value
        return value.contiguous().numpy().copy()

    for batch in ((), (2,)):
        args = config.encode_args(rng, *batch)
        points = {"keypoints": tensor(torch, args["keypoints"])}
        encode = config.batch_encode if batch else config.encode
        assert_same(encode(codec, **args | points), encode(codec, **args | as_arrays(points)))
        if not config.spec.decodes or config.spec.returns_tensors:
            continue
        given = as_tensors(config.decode_args(rng, *batch))
        before = as_arrays(given)
        if batch:
            got, want = (codec.batch_decode(*v.values()) for v in (given, as_arrays(given)))
        else:
            got, want = (config.decode(codec, *v.values()) for v in (given, as_arrays(given)))
        assert_same(got, want)
        assert_same(as_arrays(given), before)


@pytest.mark.torch
def test_bfloat16_keeps_its_bits() -> None:
    """The maximum of a map of one pixel is that pixel, NaN of any payload included."""
    torch = pytest.importorskip("torch")
    bits = np.arange(1 << 16, dtype=np.uint32)
    values = torch.from_numpy(bits.astype(np.uint16).view(np.int16)).view(torch.bfloat16)
    codec = posecodec_rs.MSRAHeatmap((4, 4), (1, 1), sigma=2)
    for count in (1 << 16, (1 << 16) - 3):
        _, scores = codec.decode(values[:count].reshape(count, 1, 1))
        np.testing.assert_array_equal(scores[0].view(np.uint32), bits[:count] << 16)
