"""`mmpose.codecs.utils` and `posecodec_rs.functional` get the same random calls."""

from collections.abc import Callable
from typing import Any

import mmpose.codecs.utils
import numpy as np
import pytest
import torch
from golden_cases import DARK, DECODED, ENCODED, Tolerance
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import Generator
from numpy.typing import NDArray
from parity import EXAMPLES, ParityCase
from posecodec_rs import functional
from specs.shared.inputs import VISIBILITIES, responses

Array = NDArray[Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]
Arguments = Callable[[Draw, Generator], list[Any]]

sides = st.integers(2, 40)
counts = st.integers(1, 4)
sigmas = st.floats(0.5, 4) | st.integers(1, 3)
kernels = st.sampled_from([3, 5, 7, 11, 17])
precisions = st.sampled_from([np.float32, np.float64])
centers = st.floats(100, 1000)

HELPERS: dict[str, tuple[Arguments, Tolerance]] = {}
"""Random arguments of each helper, and the tolerance of its result."""


def helper(name: str, tolerance: Tolerance) -> Callable[[Arguments], Arguments]:
    """Registers a function that draws a helper's arguments, in its signature's order."""

    def enter(arguments: Arguments) -> Arguments:
        HELPERS[name] = arguments, tolerance
        return arguments

    return enter


def points(draw: Draw, rng: Generator, size: Any, *shape: int) -> Array:
    """Coordinates (*shape, D), most of them inside `size`."""
    locations = rng.uniform(-0.2, 1.2, (*shape, len(size))) * size
    return locations.astype(draw(precisions))  # type: ignore[no-any-return]


def visible(rng: Generator, *shape: int) -> Array:
    return rng.choice(VISIBILITIES, shape)


def maps(draw: Draw, rng: Generator, *shape: int, dims: int = 2, least: int = 2) -> Array:
    """Arrays like a network's: (*shape, ...), with `dims` sides, in a random precision."""
    lengths = tuple(draw(st.integers(least, 40 if dims < 3 else 12)) for _ in range(dims))
    values = responses(rng, shape, lengths) * draw(st.sampled_from([0.1, 1, 255]))
    return values.astype(draw(precisions))  # type: ignore[no-any-return]


def peaks(values: Array, dims: int) -> Array:
    """The locations of the maxima: (..., D) of [x, y]."""
    flat = values.reshape(*values.shape[:-dims], -1).argmax(-1)
    return np.stack(np.unravel_index(flat, values.shape[-dims:])[::-1], -1).astype(np.float32)


@helper("generate_gaussian_heatmaps", ENCODED)
@helper("generate_unbiased_gaussian_heatmaps", ENCODED)
@helper("generate_udp_gaussian_heatmaps", ENCODED)
def gaussians(draw: Draw, rng: Generator) -> list[Any]:
    size, people, count = (draw(sides), draw(sides)), draw(counts), draw(counts)
    return [
        size,
        points(draw, rng, size, people, count),
        visible(rng, people, count),
        draw(sigmas),
    ]


@helper("generate_gaussian_heatmaps of each", ENCODED)
def gaussians_of_each(draw: Draw, rng: Generator) -> list[Any]:
    arguments = gaussians(draw, rng)
    sigma = tuple(draw(sigmas) for _ in arguments[1])
    return [*arguments[:3], sigma]


@helper("generate_3d_gaussian_heatmaps", ENCODED)
def gaussians_3d(draw: Draw, rng: Generator) -> list[Any]:
    size = np.array([draw(st.integers(2, 16)) for _ in "whd"])
    image, bound, count = np.array([draw(sides), draw(sides)]), draw(centers), draw(counts)
    locations = points(draw, rng, (*image, bound), 1, count)
    locations[..., 2] -= bound / 2
    chosen = draw(st.none() | st.just([*range(count)][::-1]))
    weights = rng.uniform(0.5, 1.5, count).astype(np.float32)
    options = [chosen, draw(st.sampled_from([1.0, 255])), draw(st.booleans()), weights]
    return [
        size,
        locations,
        visible(rng, 1, count),
        draw(st.integers(1, 3)),
        image,
        bound,
        *options,
    ]


@helper("generate_offset_heatmap", ENCODED)
def offsets(draw: Draw, rng: Generator) -> list[Any]:
    return [*gaussians(draw, rng)[:3], draw(st.floats(0.01, 0.3))]


@helper("generate_displacement_heatmap", ENCODED)
def displacements(draw: Draw, rng: Generator) -> list[Any]:
    size, locations, seen, _ = gaussians(draw, rng)
    locations = locations.astype(np.float32)
    roots, roots_seen = mmpose.codecs.utils.get_instance_root(locations, seen)
    lengths = mmpose.codecs.utils.get_diagonal_lengths(locations, seen) + np.float32(1)
    return [size, locations, seen, roots, roots_seen, lengths, draw(st.floats(0.5, 8))]


@helper("gaussian_blur", ENCODED)
def blur(draw: Draw, rng: Generator) -> list[Any]:
    return [maps(draw, rng, draw(counts)), draw(kernels)]


@helper("gaussian_blur1d", ENCODED)
def blur_1d(draw: Draw, rng: Generator) -> list[Any]:
    return [maps(draw, rng, draw(counts), draw(counts), dims=1), draw(kernels)]


@helper("get_heatmap_maximum", DECODED)
def maximum(draw: Draw, rng: Generator) -> list[Any]:
    return [maps(draw, rng, *draw(st.lists(counts, min_size=1, max_size=2)))]


@helper("get_heatmap_3d_maximum", DECODED)
def maximum_3d(draw: Draw, rng: Generator) -> list[Any]:
    return [maps(draw, rng, *draw(st.lists(counts, min_size=1, max_size=2)), dims=3)]


@helper("get_simcc_maximum", DECODED)
def maximum_simcc(draw: Draw, rng: Generator) -> list[Any]:
    shape = draw(st.lists(counts, min_size=1, max_size=2))
    return [
        *(maps(draw, rng, *shape, dims=1).astype(np.float32) for _ in "xy"),
        draw(st.booleans()),
    ]


@helper("get_simcc_normalized", ENCODED)
def normalized(draw: Draw, rng: Generator) -> list[Any]:
    vectors = torch.from_numpy(maps(draw, rng, draw(counts), draw(counts), dims=1))
    return [vectors, draw(st.none() | sigmas)]


@helper("batch_heatmap_nms", ENCODED)
def nms(draw: Draw, rng: Generator) -> list[Any]:
    return [
        torch.from_numpy(maps(draw, rng, draw(counts), draw(counts))),
        draw(st.sampled_from([1, 3, 5, 7])),
    ]


@helper("refine_keypoints", DECODED)
def refine(draw: Draw, rng: Generator) -> list[Any]:
    values = maps(draw, rng, draw(counts))
    return [peaks(values, 2)[None], values]


@helper("refine_keypoints_dark", DECODED)
@helper("refine_keypoints_dark_udp", DECODED)
def refine_dark(draw: Draw, rng: Generator) -> list[Any]:
    kernel = draw(kernels)  # not wider than the map: otherwise only rounding errors are left
    values = maps(draw, rng, draw(counts), least=kernel)
    return [peaks(values, 2)[None], values, kernel]


@helper("refine_simcc_dark", DARK)
def refine_simcc(draw: Draw, rng: Generator) -> list[Any]:
    kernel = draw(kernels)
    values = maps(draw, rng, draw(counts), draw(counts), dims=1, least=kernel)
    return [peaks(values, 1)[..., 0], values, kernel]


@helper("get_diagonal_lengths", ENCODED)
@helper("get_instance_bbox", ENCODED)
def instances(draw: Draw, rng: Generator) -> list[Any]:
    _, locations, seen, _ = gaussians(draw, rng)
    return [locations, draw(st.none() | st.just(seen))]


@helper("get_instance_root", ENCODED)
def root(draw: Draw, rng: Generator) -> list[Any]:
    return [*instances(draw, rng), draw(st.sampled_from(["kpt_center", "bbox_center"]))]


@helper("pixel_to_camera", ENCODED)
def camera_coordinates(draw: Draw, rng: Generator) -> list[Any]:
    locations = points(draw, rng, (2, 2, 2), draw(counts), draw(counts))
    locations[..., 2] += 4
    return [locations, *(draw(centers) for _ in range(4))]


@helper("camera_to_pixel", ENCODED)
def pixels(draw: Draw, rng: Generator) -> list[Any]:
    return [*camera_coordinates(draw, rng), draw(st.booleans())]


@helper("camera_to_image_coord", ENCODED)
def image_coordinates(draw: Draw, rng: Generator) -> list[Any]:
    locations, *numbers = camera_coordinates(draw, rng)
    pairs = np.reshape(numbers, (2, *draw(st.sampled_from([(2,), (2, 1)]))))
    root = draw(st.integers(0, locations.shape[1] - 1))
    return [root, locations, dict(zip("fc", pairs, strict=True))]


def test_every_helper_is_compared() -> None:
    assert set(functional.__all__) == {name.split()[0] for name in HELPERS}
    assert set(functional.__all__) == set(mmpose.codecs.utils.__all__)


@pytest.mark.parametrize("name", HELPERS)
@EXAMPLES
@given(data=st.data())
def test_helper(name: str, data: st.DataObject) -> None:
    arguments, tolerance = HELPERS[name]
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    function = name.split()[0]
    ParityCase(
        name,
        getattr(mmpose.codecs.utils, function),
        getattr(functional, function),
        arguments(data.draw, rng),
        tolerance,
        ill_conditioned=function.startswith("refine"),
    ).check(rng)
