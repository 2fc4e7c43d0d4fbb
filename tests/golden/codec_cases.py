"""What `record.py` asks the reference: one generator of cases for each codec.

Sizes are [w, h], maps are (K, H, W), keypoints are (N, K, 2) in the input image. Random maps are
whole multiples of a step, so that the recording compresses well.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import mmpose.codecs
import numpy as np
from numpy.random import Generator

Kwargs = dict[str, Any]


@dataclass(frozen=True)
class Size:
    """An input image and its map. `turn` deals a codec's variants out over the sizes."""

    image: tuple[int, int]
    heatmap: tuple[int, int]
    turn: int

    @property
    def kwargs(self) -> Kwargs:
        return {"input_size": self.image, "heatmap_size": self.heatmap}

    @property
    def stride(self) -> np.ndarray:
        """Input pixels a map pixel, for all but UDP."""
        return np.array(self.image) / self.heatmap

    @property
    def udp_stride(self) -> np.ndarray:
        return (np.array(self.image) - 1) / (np.array(self.heatmap) - 1)


@dataclass(frozen=True)
class Case:
    """One question: build the codec with `kwargs`, call `method` with `args`."""

    kwargs: Kwargs
    method: str
    args: Kwargs
    note: str
    seed: int | None = None  # set on numpy.random and random before the call
    tol: str | None = None  # "dark" allows more, see golden_cases.py
    tensors: bool = False  # the reference takes tensors, where ours takes arrays too
    sensitive: bool = False  # blurs or refines: recorded only if the last bits don't matter


SMALL = (Size((96, 128), (24, 32), 0), Size((100, 75), (30, 21), 1), Size((65, 49), (17, 13), 2))
FULL = (*SMALL, Size((192, 256), (48, 64), 3), Size((288, 384), (72, 96), 4))

# Encoders: where the keypoints are, how many, their dtype, their visibility. A variant of a codec
# gets every third row at one size, and so all of them over three sizes.
ENCODE_PLAN = (
    ("inside", 5, "float32", "0/1/2 float32"),
    ("partly outside", 17, "float32", "fractional float32"),
    ("far outside", 5, "float32", "0/1/2 int64"),
    ("half-pixel", 5, "float32", "omitted"),
    ("half-pixel", 5, "float64", "fractional float64"),
    ("corners and edges", 17, "float32", "omitted"),
    ("far outside", 5, "float64", "0/1/2 float64"),
    ("corners and edges", 17, "float64", "0/1/2 int64"),
    ("inside", 1, "float64", "omitted"),
)
VISIBILITIES = {"0/1/2": (0, 1, 2, 1, 2), "fractional": (0.3, 0.5, 0.7, 0.5, 0.0)}
# As shares of the image, and as map pixels: patches partly inside, and (of sigma 2 and 3) just not.
ON_EDGE = ((0, 0), (1, 0), (0, 1), (1, 1), (0.5, 0), (0, 0.5), (1, 0.5), (0.5, 1))
OFF_EDGE = ((-0.4, -0.5), (-1, -1), (-7, 2), (2, -10))
STEP = 2**-12  # of the values of maps like a network's


def place(
    rng: Generator, size: Size, where: str, stride: Any, people: int = 1, joints: int = 5
) -> np.ndarray:
    """Keypoints (N, K, 2); `stride` is input pixels a map pixel or bin."""
    image, shape = np.array(size.image), (people, joints, 2)
    if where == "inside":
        return rng.uniform(0.1, 0.9, shape) * (image - 1)
    if where == "partly outside":
        return rng.uniform(-0.3, 1.3, shape) * image
    if where == "far outside":
        points = rng.uniform(-1e4, 1e4, shape)
        points[:, 0] = rng.uniform(0.2, 0.8, (people, 2)) * image
        return points
    if where == "half-pixel":  # of the map: where the rounding of a centre turns
        cells = rng.integers(-2, np.ceil(image / stride) + 2, shape)
        return (cells + 0.5) * stride
    near, off = np.array(ON_EDGE) * (image - 1), np.array(OFF_EDGE) * stride
    points = np.concatenate([near, off, image - stride - off, [image]])
    return np.repeat(points[None], people, axis=0)


def encode_cases(
    rng: Generator,
    size: Size,
    kwargs: Kwargs,
    stride: Any,
    variant: int = 0,
    people: int = 1,
    may_omit: bool = True,
) -> Iterator[Case]:
    """One variant's share of the plan. Not `may_omit`: the codec needs a visibility."""
    for where, joints, dtype, visible in ENCODE_PLAN[(size.turn + variant) % 3 :: 3]:
        points = place(rng, size, where, stride, people, joints).astype(dtype)
        args = {"keypoints": points}
        if visible == "omitted" and not may_omit:
            visible = "0/1/2 float32"
        if visible != "omitted":
            values, visible_dtype = visible.split()
            drawn = rng.permutation(np.resize(VISIBILITIES[values], people * joints))
            args["keypoints_visible"] = drawn.reshape(people, joints).astype(visible_dtype)
        note = f"{where}, {people}x{joints} {dtype}, visibility {visible}"
        yield Case(kwargs, "encode", args, note)


def targets(codec: str, kwargs: Kwargs, points: np.ndarray) -> np.ndarray:
    """The reference's own maps of keypoints that are all visible."""
    visible = np.ones(points.shape[:2], np.float32)
    return getattr(mmpose.codecs, codec)(**kwargs).encode(points, visible)["heatmaps"]


def noise(rng: Generator, shape: tuple[int, ...], largest: float, step: float) -> np.ndarray:
    """Multiples of `step` in [-largest, largest]."""
    bound = round(largest / step)
    return (rng.integers(-bound, bound + 1, shape) * step).astype(np.float32)


def like_a_network(rng: Generator, clean: np.ndarray, dims: int = 2) -> np.ndarray:
    """Clean maps, rounded to steps, with a little noise; each of `dims` dimensions.

    Each has one highest value: of two, a nudge of the input would choose.
    """
    maps = (np.round(clean / STEP) * STEP).astype(np.float32)
    maps += noise(rng, clean.shape, 16 * STEP, STEP)
    flat = maps.reshape(*maps.shape[:-dims], -1)
    peak = flat.argmax(-1, keepdims=True)
    np.put_along_axis(flat, peak, np.take_along_axis(flat, peak, -1) + STEP, -1)
    return maps


def bumps(
    rng: Generator, size: Size, joints: int = 5, border: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Maps as a network gives them, of one noisy bump each, 0.05 to 1 high, and their centres."""
    last = np.array(size.heatmap) - 1
    centres = rng.uniform(2.6, last - 2.6, (joints, 2))
    if border:  # the first near a corner, the others near an edge
        near = rng.choice([-0.3, 0.0, 0.4, 0.9, 1.3, 1.8], (joints, 2))
        near = np.where(rng.random((joints, 2)) < 0.5, near, last - near)
        at_edge = np.eye(2, dtype=bool)[np.arange(joints) % 2]
        at_edge[0] = True
        centres = np.where(at_edge, near, centres)
    x, y = np.meshgrid(np.arange(size.heatmap[0]), np.arange(size.heatmap[1]))
    away = np.hypot(*(grid - c[:, None, None] for grid, c in zip((x, y), centres.T, strict=True)))
    heights = np.geomspace(1, 0.05, joints)[:, None, None]
    maps = heights * np.exp(-((away / rng.uniform(1.9, 3.4, (joints, 1, 1))) ** 2))
    return like_a_network(rng, maps), centres


def map_decode_cases(kwargs: Kwargs, maps: dict[str, np.ndarray]) -> Iterator[Case]:
    for note, encoded in maps.items():
        yield Case(kwargs, "decode", {"encoded": encoded}, note, sensitive=True)


def regression_decode_cases(rng: Generator, size: Size, kwargs: Kwargs) -> Iterator[Case]:
    """Two columns of coordinates, or four with the sigmas that make the scores."""
    for people, columns, dtype in ((1, 2, "float32"), (3, 4, "float32"), (2, 4, "float64")):
        joints = (5, 1, 17)[(people + size.turn) % 3]
        encoded = rng.normal(0.5, 0.4, (people, joints, columns)).astype(dtype)
        yield Case(kwargs, "decode", {"encoded": encoded}, f"{encoded.shape} {dtype}")


def regression_label(rng: Generator, size: Size) -> Iterator[Case]:
    kwargs = {"input_size": size.image}
    yield from encode_cases(rng, size, kwargs, 1.0)
    yield from encode_cases(rng, size, kwargs, 1.0, variant=1, people=3)
    yield from regression_decode_cases(rng, size, kwargs)


def integral_regression_label(rng: Generator, size: Size) -> Iterator[Case]:
    variants = (
        {"sigma": 2.0},
        {"sigma": 1.3, "normalize": False},
        {"sigma": 1.5, "unbiased": True},
    )
    for i, variant in enumerate(variants):
        yield from encode_cases(rng, size, size.kwargs | variant, size.stride, i)
    yield from regression_decode_cases(rng, size, size.kwargs | variants[0])


def msra_heatmap(rng: Generator, size: Size) -> Iterator[Case]:
    biased = [size.kwargs | {"sigma": sigma} for sigma in (2.0, 1.5, 0.9, 3)]
    dark = [size.kwargs | {"sigma": 2.0, "unbiased": True}]
    dark.append(size.kwargs | {"sigma": 3, "unbiased": True, "blur_kernel_size": 17})
    for i, kwargs in enumerate((*biased, *dark)):
        yield from encode_cases(rng, size, kwargs, size.stride, i)

    network, border = bumps(rng, size)[0], bumps(rng, size, border=True)[0]
    noisy = noise(rng, network.shape, 1.0, 2**-9)
    inside = place(rng, size, "inside", size.stride)
    for note, encoded in {
        "network-like": network,
        "at the border": border,
        "one joint": network[2:3],
        "17 joints": bumps(rng, size, joints=17)[0],
        "own targets": targets("MSRAHeatmap", biased[1], inside),
        "noise with negatives": noisy,
        "an all-zero and an all-negative map": np.stack([0 * noisy[0], noisy[0] - 2, noisy[1]]),
        "network-like, float16": network.astype(np.float16),
        "noise with negatives, float64": noisy[:3] + rng.normal(0, 1e-9, noisy[:3].shape),
    }.items():
        yield Case(biased[0], "decode", {"encoded": encoded}, note)
    for kwargs in dark:
        own = targets("MSRAHeatmap", kwargs, inside)
        maps = {"network-like": network, "at the border": border, "own targets": own}
        yield from map_decode_cases(kwargs, maps)
    yield from map_decode_cases(dark[0], {"one joint": network[2:3]})
    # A peak of few pixels under a small blur: the logarithm meets zeros.
    narrow = dark[0] | {"blur_kernel_size": 3}
    cut = np.where(network > 0.8 * network.max((1, 2), keepdims=True), network, 0)
    yield from map_decode_cases(narrow, {"cut off": cut})


def udp_heatmap(rng: Generator, size: Size) -> Iterator[Case]:
    gaussian = [size.kwargs]
    gaussian.append(size.kwargs | {"sigma": 1.3, "blur_kernel_size": 7})
    gaussian.append(size.kwargs | {"sigma": 3, "blur_kernel_size": 17})
    combined = [size.kwargs | {"heatmap_type": "combined"}]
    combined.append(combined[0] | {"radius_factor": 0.1, "blur_kernel_size": 7})
    for i, kwargs in enumerate((*gaussian, *combined)):
        yield from encode_cases(rng, size, kwargs, size.udp_stride, i)

    network, centres = bumps(rng, size)
    border, border_centres = bumps(rng, size, border=True)
    inside = place(rng, size, "inside", size.udp_stride)
    for kwargs in gaussian:
        own = targets("UDPHeatmap", kwargs, inside)
        maps = {"network-like": network, "at the border": border, "own targets": own}
        yield from map_decode_cases(kwargs, maps)
    # The values are clipped to [1e-3, 50] before the logarithm.
    extremes = {"faint": network * np.float32(5 / 2048), "strong": network * 256}
    yield from map_decode_cases(gaussian[0], {"one joint": network[2:3], **extremes})

    def with_offsets(kwargs: Kwargs, classes: np.ndarray, centres: np.ndarray) -> np.ndarray:
        """Three maps a joint: its class map, then the offsets from each pixel to its centre."""
        own = targets("UDPHeatmap", kwargs, (centres * size.udp_stride)[None])
        maps = like_a_network(rng, own)
        maps[::3] = classes
        return maps

    for kwargs in combined:
        maps = {"own targets": targets("UDPHeatmap", kwargs, inside)}
        maps["network-like"] = with_offsets(kwargs, network, centres)
        maps["at the border"] = with_offsets(kwargs, border[:3], border_centres[:3])
        yield from map_decode_cases(kwargs, maps)


def megvii_heatmap(rng: Generator, size: Size) -> Iterator[Case]:
    variants = [size.kwargs | {"kernel_size": kernel} for kernel in (11, 9, 5, 3)]
    for i, kwargs in enumerate(variants[:3]):
        yield from encode_cases(rng, size, kwargs, size.stride, i, may_omit=False)

    network, border = bumps(rng, size)[0], bumps(rng, size, border=True)[0]
    for kwargs in variants[0], variants[2]:
        # The slope at the peak of a bare target is nothing but rounding: add some noise.
        own = targets("MegviiHeatmap", kwargs, place(rng, size, "inside", size.stride))
        own = like_a_network(rng, own / 256) * 256
        maps = {"network-like": network * 255, "at the border": border * 255, "own targets": own}
        yield from map_decode_cases(kwargs, maps)
    yield from map_decode_cases(variants[3], {"one joint": network[2:3]})


def simcc_label(rng: Generator, size: Size) -> Iterator[Case]:
    base: Kwargs = {"input_size": size.image}
    per_axis = base | {"sigma": (4.9, 5.66), "normalize": False}
    whole = base | {"sigma": 2, "simcc_split_ratio": 1.5}
    one_hot = base | {"smoothing_type": "standard", "simcc_split_ratio": 3}
    smooth = base | {"smoothing_type": "standard", "label_smooth_weight": 0.1}

    for i, kwargs in enumerate((base, per_axis, whole, one_hot, smooth)):
        stride = 1 / kwargs.get("simcc_split_ratio", 2.0)
        people = (i + size.turn) % 3 + 1
        yield from encode_cases(rng, size, kwargs, stride, i, people)

    def vectors(kwargs: Kwargs, *shape: int, margin: float = 0.0) -> Kwargs:
        """A noisy, lopsided bump a vector, some 0.05 to 1 high; many are `margin` from an end."""
        args = {}
        for name, image in zip(("simcc_x", "simcc_y"), size.image, strict=True):
            bins = round(image * kwargs.get("simcc_split_ratio", 2.0))
            centres = rng.uniform(-0.2 * bins, 1.2 * bins, (*shape, 1))
            centres = centres.clip(margin, bins - 1 - margin)
            away = (np.arange(bins) - centres) / rng.uniform(5, 9)
            heights = rng.permutation(np.geomspace(1, 0.05, shape[-1]))[:, None]
            clean = heights * (np.exp(-(away**2)) + 0.3 * np.exp(-((away - 1) ** 2)))
            args[name] = like_a_network(rng, clean, dims=1)
        return args

    def case(kwargs: Kwargs, note: str, *shape: int) -> Case:
        args = vectors(kwargs, *shape)
        return Case(kwargs, "decode", args, f"{note}, {'x'.join(map(str, shape))}")

    for kwargs, *shape in ((base, 5), (base, 1, 5), (base, 3, 5), (whole, 2, 1), (one_hot, 5)):
        yield case(kwargs, "network-like", *shape)
    noisy = {name: noise(rng, x.shape, 1.0, 2**-9) for name, x in vectors(base, 2, 5).items()}
    yield Case(base, "decode", noisy, "noise with negatives")
    silent = vectors(base, 1, 5)
    silent["simcc_x"][0, 1] = 0
    silent["simcc_y"][0, 3] -= 2
    yield Case(base, "decode", silent, "joints of no positive response")

    softer = base | {"decode_beta": 10.0}
    for kwargs, *shape in ((softer, 1, 17), (per_axis, 5), (whole, 3, 1)):
        yield case(kwargs | {"decode_visibility": True}, "visibility", *shape)

    shapes = ((base, 1, 5), (per_axis, 2, 5), (whole, 3, 1))
    questions = [
        (kwargs, "network-like", vectors(kwargs, *shape, margin=10)) for kwargs, *shape in shapes
    ]
    questions.append((base, "up to the ends", vectors(base, 1, 3)))
    own = mmpose.codecs.SimCCLabel(**base).encode(place(rng, size, "inside", 1.0, people=2))
    own_args = {"simcc_x": own["keypoint_x_labels"], "simcc_y": own["keypoint_y_labels"]}
    questions.append((base, "own targets", own_args))
    # The values are clipped to [1e-3, 50] before the logarithm.
    for note, factor in ("faint", 5 / 2048), ("strong", 256):
        args = {name: x * np.float32(factor) for name, x in vectors(base, 1, 5, margin=10).items()}
        questions.append((base, note, args))
    for kwargs, note, args in questions:
        dark = kwargs | {"use_dark": True}
        yield Case(dark, "decode", args, f"DARK, {note}", tol="dark", sensitive=True)


def visibilities(rng: Generator, people: int, joints: int, dtype: str) -> np.ndarray:
    return rng.choice(VISIBILITIES["0/1/2" if dtype == "int64" else "fractional"], (people, joints))


def simcc_3d_label(rng: Generator, size: Size) -> Iterator[Case]:
    """Of MMPose's repository, not of its package."""
    image = (*size.image, size.image[0] // 2)
    base: Kwargs = {"input_size": image}
    per_axis = base | {"sigma": (4.9, 5.66, 3.5), "normalize": False, "root_index": (1, 2)}
    whole = base | {"sigma": 2, "simcc_split_ratio": 1.5, "root_index": -1, "z_range": 1}

    for i, kwargs in enumerate((base, per_axis, whole)):
        stride = 1 / kwargs.get("simcc_split_ratio", 2.0)
        for where, joints, dtype, visible in ENCODE_PLAN[(size.turn + i) % 3 :: 3]:
            points = place(rng, size, where, stride, 1, joints + 2).astype(dtype)
            args = {"keypoints": points}
            if visible != "omitted":
                dtype = visible.split()[1]
                seen = visibilities(rng, 1, points.shape[1], dtype)
                args["keypoints_visible"] = seen.astype(dtype)
            yield Case(kwargs, "encode", args, f"{where}, {points.dtype}, visibility {visible}")
            depths = 5 + rng.uniform(-1.2, 1.2, (*points.shape[:2], 3))
            args = args | {"keypoints_3d": depths.astype(rng.choice(["float32", "float64"]))}
            yield Case(kwargs, "encode", args, f"{where}, {points.dtype}, depths, {visible}")
    points = place(rng, size, "partly outside", 0.5, 3)
    yield Case(base, "encode", {"keypoints": points}, "three people")

    def vectors(kwargs: Kwargs, *shape: int, margin: float = 0.0) -> Kwargs:
        args = {}
        for name, length in zip("xyz", image, strict=True):
            bins = round(length * kwargs.get("simcc_split_ratio", 2.0))
            centres = rng.uniform(margin, bins - 1 - margin, (*shape, 1))
            heights = rng.permutation(np.geomspace(1, 0.05, shape[-1]))[:, None]
            away = (np.arange(bins) - centres) / rng.uniform(5, 9)
            args[name] = like_a_network(rng, heights * np.exp(-(away**2)), dims=1)
        return args

    for kwargs, *shape in ((base, 5), (per_axis, 1, 5), (whole, 3, 5)):
        note = "x".join(map(str, shape))
        yield Case(kwargs, "decode", vectors(kwargs, *shape), f"network-like, {note}")
    silent = vectors(base, 1, 5)
    for joint, name in enumerate(silent):
        silent[name][0, joint] -= 2
    yield Case(base, "decode", silent, "joints of no positive response")
    for kwargs, *shape in ((base, 1, 5), (per_axis, 2, 3)):
        dark, args = kwargs | {"use_dark": True}, vectors(kwargs, *shape, margin=10)
        yield Case(dark, "decode", args, "DARK", tol="dark", sensitive=True)


def hand_3d_heatmap(rng: Generator, size: Size) -> Iterator[Case]:
    cells = (*size.heatmap, 8 + 3 * size.turn)
    base: Kwargs = {"image_size": size.image, "heatmap_size": cells, "depth_size": cells[2]}
    roots = {"heatmap_size_root": 12, "root_heatmap_size": 10, "root_depth_bound": 300.0}
    variants = (
        (base, 1, "partly outside", "float32"),
        (base | roots | {"sigma": 2.5, "max_bound": 255}, 1, "inside", "float64"),
        (base | {"sigma": 1.3, "joint_indices": [3, 0, -1]}, 1, "partly outside", "float64"),
        (base | {"sigma": 1, "heatmap3d_depth_bound": 300.0}, 2, "half-pixel", "float32"),
        (base | {"use_different_joint_weights": True}, 1, "far outside", "float32"),
        (base | {"sigma": 0.4}, 3, "inside", "float32"),
    )
    for i, (kwargs, people, where, dtype) in enumerate(variants):
        depths = rng.uniform(-0.6, 0.6, (people, 5, 1)) * 400
        points = np.concatenate([place(rng, size, where, size.stride, people), depths], -1)
        count = len(kwargs.get("joint_indices", range(5)))
        seen = ("float32", "int64", "float64")[i % 3]
        args: Kwargs = {
            "keypoints": points.astype(dtype),
            "keypoints_visible": visibilities(rng, people, 5, seen).astype(seen),
            "dataset_keypoint_weights": rng.uniform(0, 2, count).astype(np.float32),
            "rel_root_depth": (np.float32, np.float64, float)[i % 3](rng.uniform(-250, 250)),
            "rel_root_valid": (np.float32(1), 1.0, np.int64(1))[i // 2],
            "hand_type": np.array([[1, 0], [0, 1], [1, 1]], seen)[i % 3 : i % 3 + 1],
            "hand_type_valid": np.ones(1, seen),
            "focal": np.ones(2, np.float32),
            "principal_pt": np.ones(2, np.float32),
        }
        if i == 1:
            args["keypoints_visible"] = None
        note = f"{where}, {people} of {dtype}, visibility {seen}"
        yield Case(kwargs, "encode", args, note)

    for kwargs, dtype in ((base, "float32"), (base | roots, "float64"), (base, "float16")):
        maps = noise(rng, (3, *cells[::-1]), 1.0, 2**-9)
        maps[1] -= 2
        root = rng.uniform(0, 12, (1, 1)).astype(dtype if dtype != "float16" else "float32")
        args = {"heatmaps": maps.astype(dtype), "root_depth": root}
        args["hand_type"] = rng.normal(0, 1, (1, 2)).astype(dtype)
        yield Case(kwargs, "decode", args, f"noise, {dtype}")


def edpose_label(rng: Generator, size: Size) -> Iterator[Case]:
    kwargs = {"num_select": 10 + size.turn, "num_keypoints": 4 + size.turn}
    for people, dtype in ((1, "float32"), (3, "float64"), (2, "int64")):
        points = place(rng, size, "partly outside", 1.0, people)
        args: Kwargs = {"img_shape": size.image, "keypoints": points.astype(dtype)}
        yield Case(kwargs, "encode", args, f"keypoints alone, {dtype}")
        args["keypoints_visible"] = visibilities(rng, people, 5, dtype).astype(dtype)
        args["area"] = rng.uniform(10, 9000, people).astype(dtype)
        args["bboxes"] = (rng.uniform(0, 1, (people, 4)) * (size.image * 2)).astype(dtype)
        yield Case(kwargs, "encode", args, f"everything, {dtype}")
    for classes, sizes, dtype in ((2, "int64", "float32"), (1, "float32", "float32")):
        queries = (5, 40)[classes - 1]
        scores = rng.permutation(queries * classes).reshape(queries, classes) / 128
        args = {"input_shapes": np.array(size.image[::-1], sizes)}
        args["pred_logits"] = scores.astype(dtype)
        args["pred_boxes"] = rng.random((queries, 4)).astype(dtype)
        keypoints = rng.random((queries, 3 * kwargs["num_keypoints"]))
        args["pred_keypoints"] = keypoints.astype(dtype)
        yield Case(kwargs, "decode", args, f"{queries} candidates, {classes} classes, {sizes}")


def yolox_pose_annotation_processor(rng: Generator, size: Size) -> Iterator[Case]:
    for expand, people, dtype in ((False, 2, "float32"), (True, 3, "float32"), (True, 1, "int64")):
        corners = rng.uniform(0, 1, (people, 4)) * (size.image * 2)
        args: Kwargs = {
            "keypoints": place(rng, size, "partly outside", 1.0, people).astype(np.float32),
            "keypoints_visible": rng.integers(0, 3, (people, 5)).astype(np.float32),
            "bbox": corners.astype(dtype),
            "category_id": rng.integers(-2, 300, people).tolist(),
        }
        kwargs = {"expand_bbox": expand, "input_size": size.image}
        yield Case(kwargs, "encode", args, f"{people} of {dtype}, expand_bbox {expand}")
        args = args | {"keypoints_visible": np.stack([args["keypoints_visible"]] * 2, -1)}
        del args["category_id"]
        yield Case(
            kwargs, "encode", args, f"{people} of {dtype}, expand_bbox {expand}, boxes alone"
        )
    yield Case({"expand_bbox": True}, "encode", {}, "nothing")


CODECS: dict[str, Callable[[Generator, Size], Iterator[Case]]] = {
    "RegressionLabel": regression_label,
    "IntegralRegressionLabel": integral_regression_label,
    "MSRAHeatmap": msra_heatmap,
    "UDPHeatmap": udp_heatmap,
    "MegviiHeatmap": megvii_heatmap,
    "SimCCLabel": simcc_label,
    "SimCC3DLabel": simcc_3d_label,
    "Hand3DHeatmap": hand_3d_heatmap,
    "EDPoseLabel": edpose_label,
    "YOLOXPoseAnnotationProcessor": yolox_pose_annotation_processor,
}

IN_REPOSITORY = {"SimCC3DLabel": ("projects/rtmpose3d/rtmpose3d", "simcc_3d_label")}
"""Codecs that are not in the package: their folders and modules in MMPose's repository."""
