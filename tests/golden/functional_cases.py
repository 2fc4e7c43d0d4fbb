"""Calls of the helpers, `mmpose.codecs.utils`, that `record.py` records.

Keypoints are in pixels of the map. A helper's name is used as the method of a codec.
"""

from collections.abc import Callable, Iterator
from typing import Any

import mmpose.codecs.utils
import numpy as np
from numpy.random import Generator
from specs.shared.golden import Case, Size, bumps, noise, visibilities

DTYPES = ("float32", "float64")
VISIBILITY_DTYPES = ("float32", "int64", "float64")


def case(name: str, note: str = "", *, tensors: bool = False, **args: Any) -> Case:
    dark = "dark" in name
    tol = "dark" if dark else None
    return Case({}, name, args, note, tol=tol, tensors=tensors, sensitive="refine" in name)


def people(rng: Generator, size: Size, count: int, columns: int = 2) -> dict[str, Any]:
    """Keypoints of several people, at pixels and between them, and their visibilities."""
    low, high = (-0.3, 1.3) if size.turn else (0.0, 1.0)
    points = rng.uniform(low, high, (count, 5, 2)) * size.heatmap
    points[:, 1] = np.round(points[:, 1]) + 0.5
    points = np.concatenate([points] * (columns // 2), -1)[..., :columns]
    dtype = VISIBILITY_DTYPES[(size.turn + count) % 3]
    return {
        "heatmap_size": size.heatmap,
        "keypoints": points.astype(DTYPES[count % 2]),
        "keypoints_visible": visibilities(rng, count, 5, dtype).astype(dtype),
    }


def gaussians(rng: Generator, size: Size) -> Iterator[Case]:
    several = (1.5, 2, 3.3, 0.6)
    for number, kind in enumerate(("", "udp_", "unbiased_")):
        for count in (1, 2 + (number + size.turn) % 2):
            sigma = (2.0, 1.3, 3)[(count + size.turn) % 3]
            args = people(rng, size, count)
            yield case(f"generate_{kind}gaussian_heatmaps", f"{count}", **args, sigma=sigma)
    each = (several, np.float32(several), np.array(several))[size.turn]
    args = people(rng, size, 4)
    note = f"one sigma per instance, {type(each).__name__}"
    yield case("generate_gaussian_heatmaps", note, **args, sigma=each)

    pixels = (*size.heatmap[:2], 8 + size.turn)
    for count, options in (
        (1, {"sigma": 1, "image_size": size.image}),
        (2, {"sigma": 1.3, "image_size": np.array(size.image), "max_bound": 255}),
        (2, {"sigma": (1.5, 0.7), "image_size": size.image, "joint_indices": [3, 0, -1]}),
    ):
        args = people(rng, size, count, 4)
        args["heatmap_size"] = pixels if count == 1 else np.array(pixels)
        scale = (*size.stride, 30, 1)
        args["keypoints"] = args["keypoints"] * np.array(scale, args["keypoints"].dtype)
        args["keypoints"][..., 2] -= 200
        if "joint_indices" in options:
            weights = rng.uniform(0, 2, 3).astype(np.float32)
            args |= {"use_different_joint_weights": True, "dataset_keypoint_weights": weights}
        yield case("generate_3d_gaussian_heatmaps", f"{count} hands", **args, **options)


def fields(rng: Generator, size: Size) -> Iterator[Case]:
    for count, columns in ((1, 2), (3, 4)):
        args = people(rng, size, count, columns)
        yield case("generate_offset_heatmap", f"{count}", **args, radius_factor=0.0546875 * count)
    for count in (1, 4):
        args = people(rng, size, count)
        given = (args["keypoints"], args["keypoints_visible"])
        roots, seen = mmpose.codecs.utils.get_instance_root(*given)
        lengths = mmpose.codecs.utils.get_diagonal_lengths(*given) + np.float32(1)
        args |= {"roots": roots, "roots_visible": seen, "diagonal_lengths": lengths}
        yield case("generate_displacement_heatmap", f"{count}", **args, radius=1.5 * count)


def instances(rng: Generator, size: Size) -> Iterator[Case]:
    for name in ("get_instance_root", "get_instance_bbox", "get_diagonal_lengths"):
        args = people(rng, size, 4)
        del args["heatmap_size"]
        if size.turn == 1:
            del args["keypoints_visible"]
        else:
            args["keypoints_visible"][0] = 0
        options = [{}] if "root" not in name else [{}, {"root_type": "bbox_center"}]
        for option in options:
            yield case(name, "", **args, **option)


def maxima(rng: Generator, size: Size) -> Iterator[Case]:
    maps = bumps(rng, size)[0]
    flat = np.stack([0 * maps[0], maps[1] - 2, maps[2]])
    yield case("get_heatmap_maximum", "batch", heatmaps=maps[None, :4].repeat(2, 0))
    yield case("get_heatmap_maximum", "no response", heatmaps=flat)
    yield case("get_heatmap_maximum", "float16", heatmaps=maps.astype(np.float16))
    whole = rng.integers(0, 9, (3, 5, 6)).astype(("int64", "uint8", "float64")[size.turn])
    yield case("get_heatmap_maximum", "integers", heatmaps=whole)
    volumes = noise(rng, (2, 3, 4, 5, 6), 1.0, 2**-6)
    yield case("get_heatmap_3d_maximum", "batch", heatmaps=volumes)
    yield case("get_heatmap_3d_maximum", "no response", heatmaps=volumes[0] - 2)
    for softmax in (False, True):
        x, y = (noise(rng, (2, 3, side), 1.0, 2**-9) for side in size.heatmap)
        both = {"simcc_x": x, "simcc_y": y}
        yield case("get_simcc_maximum", "instances", **both, apply_softmax=softmax)
        y = y[0].astype("float64")
        both = {"simcc_x": x[0], "simcc_y": y}
        yield case("get_simcc_maximum", "of two precisions", **both, apply_softmax=softmax)


def filters(rng: Generator, size: Size) -> Iterator[Case]:
    maps, kernel = bumps(rng, size)[0][:3], (3, 9, 11)[size.turn]
    dtype = DTYPES[size.turn % 2]
    yield case("gaussian_blur", "", heatmaps=maps.astype(dtype), kernel=kernel)
    yield case("gaussian_blur", "all-negative", heatmaps=maps - 2)
    vectors = maps[:, :2].astype(dtype)
    yield case("gaussian_blur1d", "", simcc=vectors, kernel=(5, 7, 17)[size.turn])
    for size_of in (1, 3, 5 + 4 * size.turn):
        noisy = noise(rng, (2, 2, 9, 11), 1.0, 2**-2).astype(dtype)  # full of ties
        args = {"batch_heatmaps": noisy, "kernel_size": size_of}
        yield case("batch_heatmap_nms", f"{size_of}", tensors=True, **args)
    for sigma in ({}, {"sigma": 4.9}, {"sigma": 0.2}):
        scaled = (maps[:, :4] * 3).astype(dtype)
        note = str(*sigma.values())
        yield case("get_simcc_normalized", note, tensors=True, batch_pred_simcc=scaled, **sigma)


def refinements(rng: Generator, size: Size) -> Iterator[Case]:
    maps, dtype = bumps(rng, size, joints=4)[0], DTYPES[size.turn % 2]
    peaks, _ = mmpose.codecs.utils.get_heatmap_maximum(maps)
    neighbors = (peaks + rng.integers(-1, 2, (2, 4, 2))).clip(0, np.array(size.heatmap) - 1)
    # Between pixels, so that rounding moves none into another. UDP's rule needs whole rows.
    pixels = np.concatenate([peaks[None], neighbors]).astype(dtype)
    points, in_rows = pixels + pixels.dtype.type(0.25), pixels + np.array([0.25, 0], dtype)
    yield case("refine_keypoints", "", keypoints=points, heatmaps=maps)
    blurs = {"blur_kernel_size": (11, 7, 5)[size.turn]}
    yield case("refine_keypoints_dark", "", keypoints=points[:1], heatmaps=maps, **blurs)
    wide = np.concatenate([points, points], -1)
    yield case("refine_keypoints_dark", "four columns", keypoints=wide, heatmaps=maps, **blurs)
    yield case("refine_keypoints_dark_udp", "", keypoints=in_rows, heatmaps=maps, **blurs)
    vectors = maps[:, size.heatmap[1] // 2][None].repeat(2, 0)
    places = vectors.argmax(-1).astype(dtype)
    yield case("refine_simcc_dark", "", keypoints=places, simcc=vectors, **blurs)


def cameras(rng: Generator, size: Size) -> Iterator[Case]:
    for dtype, shape in zip(DTYPES, ((2, 5), (5,)), strict=True):
        points = (np.round(rng.normal((0, 0, 4), 0.3, (*shape, 3)) * 256) / 256).astype(dtype)
        numbers = dict(zip(("fx", "fy", "cx", "cy"), (1145.0, 1143.5, 512.5, 515), strict=True))
        yield case("pixel_to_camera", dtype, kpts_3d=points, **numbers)
        shift = {"shift": bool(size.turn % 2)}
        yield case("camera_to_pixel", dtype, kpts_3d=points, **numbers, **shift)
        pairs = np.array([[1145.0, 1143.5], [512.5, 515]], dtype)
        pairs = pairs[..., None] if size.turn else pairs
        camera = {"f": pairs[0], "c": pairs[1]}
        args = {"root_index": size.turn, "kpts_3d_cam": points, "camera_param": camera}
        yield case("camera_to_image_coord", dtype, **args)


def functional(rng: Generator, size: Size) -> Iterator[Case]:
    for cases in (gaussians, fields, instances, maxima, filters, refinements, cameras):
        yield from cases(rng, size)


FUNCTIONAL: dict[str, Callable[[Generator, Size], Iterator[Case]]] = {"functional": functional}
