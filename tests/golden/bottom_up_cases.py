"""What `record.py` asks the reference about the codecs for several people in one picture."""

from collections.abc import Callable, Iterator, Sequence

import mmpose.codecs
import numpy as np
from codec_cases import STEP, Case, Kwargs, Size, like_a_network, noise
from numpy.random import Generator

SEEN = ("omitted", "0/1/2 float32", "fractional float64", "0/1/2 int64")


def crowd(rng: Generator, size: Size, people: int, joints: int = 5) -> np.ndarray:
    """Keypoints (N, K, 2) of people large and small, some of them in front of others."""
    image = np.array(size.image)
    centres = rng.uniform(0.05, 0.95, (people, 1, 2)) * image
    spread = rng.uniform(0.06, 0.3, (people, 1, 1)) * image.max()
    return centres + spread * rng.uniform(-1, 1, (people, joints, 2))


def scenes(rng: Generator, size: Size) -> dict[str, np.ndarray]:
    """Pictures by what is in them."""
    picture = crowd(rng, size, 4)
    one_in_another = crowd(rng, size, 3)
    one_in_another += np.array(size.image) / 2 - one_in_another.mean(1, keepdims=True)
    one_in_another += rng.uniform(-4, 4, (3, 1, 2))
    outside = crowd(rng, size, 3)
    outside[::2] += 2000
    partly = crowd(rng, size, 2)
    partly[:, ::2] += np.array(size.image) / 2
    half = (np.round(crowd(rng, size, 3) / size.stride) + 0.5) * size.stride
    return {
        "a crowd": picture,
        "one in front of another": one_in_another,
        "the same, the other way round": one_in_another[::-1],
        "in the order of their size": one_in_another[np.argsort(np.ptp(one_in_another, 1).sum(1))],
        "two of three outside": outside,
        "partly outside": partly,
        "between cells": half,
        "nobody": picture[:0],
        "one": crowd(rng, size, 1, 17),
    }


def pictures(rng: Generator, size: Size, kwargs: Kwargs, variant: int) -> Iterator[Case]:
    """One variant's share of the scenes, and one in which nobody can be seen."""
    for number, (note, points) in enumerate(scenes(rng, size).items()):
        turn = number + variant + size.turn
        if turn % 2:
            continue
        points = points.astype(("float32", "float64")[turn // 2 % 2])
        args = {"keypoints": points}
        seen = SEEN[turn // 2 % 4]
        if seen != "omitted":
            values = (0, 1, 2, 1, 1) if "0/1/2" in seen else (0.3, 0.5, 0.7, 1.0, 1.5, 0.0)
            args["keypoints_visible"] = rng.choice(values, points.shape[:2]).astype(seen.split()[1])
        yield Case(kwargs, "encode", args, f"{note}, {points.dtype}, visibility {seen}")
    points = crowd(rng, size, 2).astype(np.float32)
    args = {"keypoints": points, "keypoints_visible": np.zeros((2, 5), np.float32)}
    yield Case(kwargs, "encode", args, "nobody can be seen")


def peaks(
    rng: Generator, size: Size, maps: int, count: int, heights: Sequence[float] = ()
) -> np.ndarray:
    """Maps of `count` noisy bumps each, of these heights or of any, a few cells apart."""
    width, height = size.heatmap
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    clean = np.zeros((maps, height, width))
    for one in clean:
        for number in range(count):
            at = rng.uniform(1, np.array(size.heatmap) - 2)
            level = heights[number] if heights else rng.uniform(0.15, 1)
            away = np.hypot(x - at[0], y - at[1]) / rng.uniform(1.2, 2)
            np.maximum(one, level * np.exp(-(away**2)), out=one)
    return like_a_network(rng, clean)


def clean_peaks(rng: Generator, size: Size, maps: int, count: int) -> np.ndarray:
    """Maps of zeros and `count` ones each: all peaks are equally high."""
    width, height = size.heatmap
    flat = np.zeros((maps, width * height), np.float32)
    for one in flat:
        one[rng.choice(one.size, count, replace=False)] = 1
    return flat.reshape(maps, height, width)


def spr(rng: Generator, size: Size) -> Iterator[Case]:
    many = size.kwargs | {"sigma": (3, 1.5), "generate_keypoint_heatmaps": True}
    box = {"root_type": "bbox_center"}
    variants = [
        size.kwargs,
        size.kwargs | box | {"sigma": 2.0, "minimal_diagonal_length": 8.5},
        many | {"background_weight": 0.3},
        many | box | {"sigma": [2.5, 1], "background_weight": 0},
    ]
    for i, kwargs in enumerate(variants):
        yield from pictures(rng, size, kwargs, i)

    cells = size.heatmap[0] * size.heatmap[1]
    displacements = noise(rng, (10, *size.heatmap[::-1]), 6.0, 2**-6)

    def case(kwargs: Kwargs, note: str, heatmaps: np.ndarray, dtype: str = "float32") -> Case:
        args = {"heatmaps": heatmaps.astype(dtype), "displacements": displacements.astype(dtype)}
        return Case(kwargs, "decode", args, f"{note}, {dtype}", tensors=True)

    network = peaks(rng, size, 6, 7)
    yield case(variants[0], "network-like", network[-1:])
    yield case(variants[1] | {"decode_nms_kernel": 3}, "network-like", network[-1:], "float64")
    yield case(variants[2], "with keypoint heatmaps", network)
    yield case(variants[3] | {"decode_thr": 0.4}, "with keypoint heatmaps", network, "float64")
    yield case(variants[2], "keypoint heatmaps left out", network[-1:])
    yield case(variants[0] | {"decode_nms_kernel": 9, "decode_max_instances": 2}, "two", network)
    noisy = noise(rng, network.shape, 1.0, 2**-4)  # full of ties
    yield case(variants[0] | {"decode_nms_kernel": 1, "decode_thr": -1}, "noise", noisy)
    yield case(variants[0] | {"decode_thr": -3}, "nothing above 0", noisy[:1] - 2)
    yield case(variants[0], "no peak", 0 * noisy[:1])
    for most in (1, cells // 64, cells // 64 + 1, 30, cells // 8):
        clean = clean_peaks(rng, size, 1, 25)
        kwargs = variants[0] | {"decode_max_instances": most, "decode_nms_kernel": 1}
        yield case(kwargs, f"equal peaks, at most {most}", clean)
        kwargs |= {"decode_nms_kernel": 3, "decode_thr": -1}
        yield case(kwargs, f"equal peaks and zeros, at most {most}", clean)
    own = mmpose.codecs.SPR(**many).encode(crowd(rng, size, 3))
    args = {name: own[name] for name in ("heatmaps", "displacements")}
    yield Case(many, "decode", args, "own targets", tensors=True)


def decoupled_heatmap(rng: Generator, size: Size) -> Iterator[Case]:
    variants = [
        size.kwargs,
        size.kwargs | {"root_type": "bbox_center", "heatmap_min_overlap": 0.5},
        size.kwargs | {"encode_max_instances": 2, "heatmap_min_overlap": 0.9},
    ]
    for i, kwargs in enumerate(variants):
        for case in pictures(rng, size, kwargs, i):
            args = dict(case.args)
            points = args["keypoints"]
            boxes = rng.random() < 0.5 or case.note == "nobody can be seen"
            if boxes:  # corners: left top, left bottom, right top, right bottom
                low, high = points.min(1, initial=1e9), points.max(1, initial=-1e9)
                corners = [low, [low[:, 0], high[:, 1]], [high[:, 0], low[:, 1]], high]
                corners = [np.array(c).T if isinstance(c, list) else c for c in corners]
                args["bbox"] = np.concatenate(corners, -1).astype(points.dtype)
            note = f"{case.note}, {'boxes' if boxes else 'no boxes'}"
            yield Case(kwargs, "encode", args, note, seed=int(rng.integers(1000)))
    points = crowd(rng, size, 6)
    for seed in (1, 2):
        yield Case(variants[2], "encode", {"keypoints": points}, "too many", seed=seed)

    for people, joints, dtype, score in (
        (1, 5, "float32", "float32"),
        (3, 5, "float64", "float32"),
        (2, 17, "float32", "float64"),
    ):
        maps = peaks(rng, size, people * joints, 2).reshape(people, joints, *size.heatmap[::-1])
        if dtype == "float64":
            maps[1, 2] -= 2
            maps[2, 0] = 0
        scores = rng.random((people, 1)).astype(score)
        args = {"instance_heatmaps": maps.astype(dtype), "instance_scores": scores}
        note = f"{people} people, {dtype}, scores {score}"
        yield Case(variants[0], "decode", args, note)


def associative_embedding(rng: Generator, size: Size) -> Iterator[Case]:
    plain = size.kwargs | {"decode_keypoint_order": [2, 0, 1, 4, 3]}
    udp = plain | {"use_udp": True, "decode_gaussian_kernel": 5}
    for i, kwargs in enumerate((plain, plain | {"sigma": 2}, udp, udp | {"sigma": 1.3})):
        yield from pictures(rng, size, kwargs, i)

    width, height = size.heatmap

    def tags(batch: int, channels: int, spread: float, step: float = 2**-4) -> np.ndarray:
        """Tags (B, L*K, H, W): strips of the picture are somebody's."""
        persons = np.arange(width) * 5 // width - 2
        off = noise(rng, (batch, channels * 5, height, width), spread, step)
        return (persons + off).astype(np.float32)

    def case(
        kwargs: Kwargs, note: str, maps: np.ndarray, tags: np.ndarray, dtype: str = "float32"
    ) -> Case:
        args = {"batch_heatmaps": maps.astype(dtype), "batch_tags": tags.astype(dtype)}
        sensitive = kwargs.get("use_udp", False)
        note = f"{note}, {dtype}"
        return Case(kwargs, "batch_decode", args, note, tensors=True, sensitive=sensitive)

    def maps(batch: int = 1, count: int = 4) -> np.ndarray:
        return peaks(rng, size, 5 * batch, count).reshape(batch, 5, height, width)

    yield case(plain, "network-like", maps(), tags(1, 1, 0.3))
    yield case(plain, "two pictures, two channels", maps(2), tags(2, 2, 0.3), "float64")
    yield case(plain | {"decode_max_instances": 2}, "two people", maps(), tags(1, 1, 0.3))
    yield case(plain | {"decode_center_shift": 0.5}, "shifted", maps(), tags(1, 3, 0.3))
    yield case(plain | {"decode_tag_thr": 0.3}, "tags of little weight", maps(), tags(1, 1, 0.9))
    few = {"decode_topk": 3, "decode_nms_kernel": 3, "decode_keypoint_thr": 0.4}
    yield case(plain | few, "few candidates", maps(count=9), tags(1, 2, 0.3))
    yield case(plain | {"decode_keypoint_thr": 2.0}, "no candidate", maps(2), tags(2, 1, 0.3))
    missing = maps()
    missing[:, 1] = 0
    missing[:, 4] *= np.float32(0.2)
    yield case(plain, "missing keypoints", missing, tags(1, 2, 0.3))
    # Whole tags: distances round alike, and several assignments cost the same.
    for channels, most in ((1, 30), (2, 5), (1, width * height // 64)):
        same = tags(1, channels, 0)
        clean = clean_peaks(rng, size, 5, 8)[None]
        kwargs = plain | {"decode_topk": most, "decode_nms_kernel": 1, "decode_tag_thr": 1.5}
        yield case(kwargs, f"equal peaks and tags, at most {most}", clean, same)
        alike = np.round(maps(count=6) * 4) / 4
        yield case(kwargs, f"ties in steps of a quarter, at most {most}", alike, same)

    # Tags that are never equal, nor half a number from a mean: there a nudge would choose.
    def steady(batch: int, channels: int) -> np.ndarray:
        return tags(batch, channels, 0.2, STEP)

    yield case(udp, "UDP, network-like", maps(), steady(1, 1))
    yield case(udp, "UDP, two pictures", maps(2), steady(2, 2), "float64")
    shifted = udp | {"decode_center_shift": 0.5, "decode_gaussian_kernel": 11}
    yield case(shifted, "UDP, shifted", maps(), steady(1, 2))
    dim = maps()
    dim[:, 2:4] = noise(rng, dim[:, 2:4].shape, 0.05, STEP) + np.float32(0.05)
    yield case(udp, "UDP, missing keypoints", dim, steady(1, 1))


BOTTOM_UP: dict[str, Callable[[Generator, Size], Iterator[Case]]] = {
    "SPR": spr,
    "DecoupledHeatmap": decoupled_heatmap,
    "AssociativeEmbedding": associative_embedding,
}
