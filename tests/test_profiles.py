"""`encode_profiles`: products of profiles are bit-identical to heatmaps."""

from typing import Any

import numpy as np
import pytest
from comparison import assert_same
from numpy.random import Generator
from posecodec_rs import InvalidInputError, MegviiHeatmap, MSRAHeatmap, UDPHeatmap
from specs.shared.inputs import SIZES

SEPARABLE = (
    UDPHeatmap(**SIZES, sigma=2.0),
    MSRAHeatmap(**SIZES, sigma=2.0),
    MSRAHeatmap(**SIZES, sigma=2.0, unbiased=True),
    MegviiHeatmap(**SIZES, kernel_size=11),
)
each_separable = pytest.mark.parametrize("codec", SEPARABLE, ids=repr)

HEATMAP_SIZES = ((48, 64), (7, 5), (16, 16), (33, 9), (1, 1))


def products(profiles: dict[str, Any], *, unbiased: bool = False) -> dict[str, Any]:
    """The dict of `batch_encode`."""
    x = profiles["x_profiles"][..., None, :]
    y = profiles["y_profiles"][..., :, None]
    with np.errstate(divide="ignore", under="ignore"):
        if unbiased:
            x = np.where(x < np.finfo(np.float32).tiny / y, np.float32(0), x)
        heatmaps = y * x
    return {"heatmaps": heatmaps, "keypoint_weights": profiles["keypoint_weights"]}


def codecs(rng: Generator) -> list[Any]:
    """Codecs of a random size and sigma."""
    width, height = HEATMAP_SIZES[rng.integers(len(HEATMAP_SIZES))]
    scale = int(rng.choice([1, 2, 4]))
    sizes: dict[str, Any] = {
        "input_size": (width * scale, height * scale),
        "heatmap_size": (width, height),
    }
    sigma = float(rng.choice([0.01, 0.3, 0.5, 1, 1.5, 2, 3, 6]))
    return [
        UDPHeatmap(**sizes, sigma=sigma),
        MSRAHeatmap(**sizes, sigma=sigma),
        MSRAHeatmap(**sizes, sigma=sigma, unbiased=True),
        MegviiHeatmap(**sizes, kernel_size=int(rng.choice([1, 3, 5, 11, 17, 61]))),
    ]


def keypoints(codec: Any, rng: Generator) -> tuple[Any, Any]:
    """Keypoints (B, 1, K, 2) inside, outside, halfway between pixels and not finite."""
    shape = (int(rng.integers(0, 4)), 1, int(rng.integers(0, 5)))
    points = rng.uniform(-0.3, 1.3, (*shape, 2)) * codec.input_size
    points = np.round(points * 2) / 2 if rng.random() < 0.3 else points
    unusual = rng.random(points.shape) < 0.04
    points[unusual] = rng.choice([np.nan, np.inf, -np.inf, 1e30], unusual.sum())
    visible = [None, rng.random(shape, np.float32), rng.integers(0, 2, shape)]
    return points.astype(rng.choice(["f4", "f8"])), visible[rng.integers(3)]


@pytest.mark.parametrize("seed", range(20))
def test_products_are_heatmaps(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for codec in [codec for _ in range(15) for codec in codecs(rng)]:
        points, visible = keypoints(codec, rng)
        want = codec.batch_encode(points, visible)
        unbiased = getattr(codec, "unbiased", False)
        assert_same(products(codec.encode_profiles(points, visible), unbiased=unbiased), want)


@each_separable
def test_out(codec: Any, rng: Generator) -> None:
    points = rng.uniform(0, 190, (3, 1, 5, 2))
    want = codec.encode_profiles(points)
    out = {name: np.full_like(array, np.nan) for name, array in want.items()}
    assert codec.encode_profiles(points, out=out) is out
    assert_same(out, want)


def test_combined_maps_have_no_profiles() -> None:
    codec = UDPHeatmap(**SIZES, heatmap_type="combined")
    with pytest.raises(InvalidInputError, match=r'`heatmap_type` must be "gaussian".*"combined"'):
        codec.encode_profiles(np.zeros((1, 1, 17, 2)))


@each_separable
def test_wrong_keypoints(codec: Any) -> None:
    with pytest.raises(InvalidInputError, match="`keypoints`"):
        codec.encode_profiles(np.zeros((1, 17, 2)))
