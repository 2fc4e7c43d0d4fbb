"""`AssociativeEmbedding`."""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.random import Generator
from posecodec_rs import AssociativeEmbedding

from .shared import bad, bottom_up, strategies
from .shared.golden import STEP, Case, Kwargs, Size, noise
from .shared.golden_bottom_up import clean_peaks, image_cases, peaks
from .shared.inputs import ODD_SIZES, SIZES, crowd_args, crowd_responses
from .shared.messages import FEW_PIXELS, INTEGER_LIST
from .spec import Args, Config, Draw, Parity, Spec

NAME = "AssociativeEmbedding"
ORDER = (0, 1, 2, 3, 4, 5, 6, 11, 12, 7, 8, 9, 10, 13, 14, 15, 16)
"""MMPose's order for COCO's keypoints."""


def decode_args(config: Config, rng: Generator, *batch: int) -> Args:
    """Maps of people side by side: tags depend on the column, with a little noise."""
    width, height = config.kwargs["heatmap_size"]
    maps = crowd_responses(rng, (*batch, config.count), (height, width))
    persons = np.arange(width) * 4 // width
    channels = 2 if config.note == "udp" else 1
    tags = persons + rng.normal(0, 0.1, (*batch, channels * config.count, height, width))
    return {"batch_heatmaps": maps, "batch_tags": tags.astype(np.float32)}


def shapes(config: Config) -> dict[str, tuple[int, ...]]:
    width, height = config.kwargs["heatmap_size"]
    people = (config.instances, config.count)
    return {
        "heatmaps": (config.count, height, width),
        "keypoint_indices": (*people, 2),
        "keypoint_weights": people,
    }


def bad_rows() -> Iterator[bad.Bad]:
    row = bad.constructor(AssociativeEmbedding, **SIZES)
    yield from bad.sizes(row, "input_size", "heatmap_size")
    yield from bad.odd_kernels(row, "decode_nms_kernel")
    yield from bad.positive_numbers(row, "sigma")
    yield from bad.integers(row, "decode_topk")
    yield from bad.integers(row, "decode_max_instances", may_be_none=True)
    argument = "decode_keypoint_order"
    for value in ([0, 0], [1, 2], [0, 1, 3], [2**40]):
        yield row(argument, value, "each keypoint's index once")
    for value in ([-1, 0], [0.0, 1], "01", [None], 3, None, [True, 0], [[0]], np.array([0.0])):
        yield row(argument, value, INTEGER_LIST)
    yield row(argument, itertools.count(), INTEGER_LIST, "more than")
    yield from bad.bools(row, "use_udp")
    for value in (0, 4):
        yield row("decode_gaussian_kernel", value, "positive odd integer", str(value))
    for argument in ("decode_keypoint_thr", "decode_center_shift"):
        yield from bad.finite_numbers(row, argument)
    yield row("decode_tag_thr", np.nan, "number", "NaN")

    codec = AssociativeEmbedding(**bottom_up.SMALL, decode_keypoint_order=[1, 0, 2], decode_topk=5)
    yield from bottom_up.keypoints(codec)
    yield from bottom_up.lists(codec)
    yield from bad_decoders(codec)
    yield from bottom_up.out_rows(codec, ("heatmaps", "keypoint_indices", "keypoint_weights"))


def bad_decoders(codec: AssociativeEmbedding) -> Iterator[bad.Bad]:
    ones, row = bad.ones, bottom_up.pair_row(codec, "batch_decode")
    maps, tags = ones(2, 3, 8, 9), ones(2, 6, 8, 9)
    phrase = "Mismatched shapes of heatmap and tagging map"
    for wrong in (ones(1, 6, 8, 9), ones(2, 6, 9, 8), ones(2, 4, 8, 9), ones(2, 0, 8, 9)):
        yield row(maps, wrong, "`batch_tags`", "(2, L*3, 8, 9)", phrase, str(wrong.shape))
    yield row(maps[0], tags, "`batch_heatmaps`", "(B, K, H, W)", "(3, 8, 9)")
    yield row(maps, tags[0], "`batch_tags`", "(B, L*K, H, W)", "(6, 8, 9)")
    order = "each of the 4 keypoints' index once"
    yield row(ones(1, 4, 8, 9), ones(1, 4, 8, 9), "`decode_keypoint_order`", order)
    yield row(ones(2, 3, 2, 2), ones(2, 3, 2, 2), "`decode_topk`", FEW_PIXELS.format(4), "5")
    yield row(ones(2, 3, 0, 2), ones(2, 3, 0, 2), "`decode_topk`", FEW_PIXELS.format(0), "5")
    yield from bottom_up.not_floating(row, maps, tags, ("batch_heatmaps", "batch_tags"))
    unordered = AssociativeEmbedding(**bottom_up.SMALL)
    words = ("`decode_keypoint_order`", "3 keypoints' index once", "()")
    call = lambda: unordered.batch_decode(ones(1, 3, 8, 9), ones(1, 3, 8, 9))  # noqa: E731
    yield bad.Bad(f"{NAME}.batch_decode(without an order)", call, words)


def golden(rng: Generator, size: Size) -> Iterator[Case]:
    plain = size.kwargs | {"decode_keypoint_order": [2, 0, 1, 4, 3]}
    udp = plain | {"use_udp": True, "decode_gaussian_kernel": 5}
    for i, kwargs in enumerate((plain, plain | {"sigma": 2}, udp, udp | {"sigma": 1.3})):
        yield from image_cases(rng, size, kwargs, i)

    width, height = size.heatmap

    def tags(batch: int, channels: int, spread: float, step: float = 2**-4) -> np.ndarray:
        """Tags (B, L*K, H, W): vertical strips are one person each."""
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
    yield case(plain, "two images, two channels", maps(2), tags(2, 2, 0.3), "float64")
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
    # Integer tags: distances round alike, and several assignments cost the same.
    for channels, limit in ((1, 30), (2, 5), (1, width * height // 64)):
        same = tags(1, channels, 0)
        clean = clean_peaks(rng, size, 5, 8)[None]
        kwargs = plain | {"decode_topk": limit, "decode_nms_kernel": 1, "decode_tag_thr": 1.5}
        yield case(kwargs, f"equal peaks and tags, at most {limit}", clean, same)
        alike = np.round(maps(count=6) * 4) / 4
        yield case(kwargs, f"ties in steps of a quarter, at most {limit}", alike, same)

    # Tags that are never equal, nor halfway between means: rounding would decide there.
    def steady(batch: int, channels: int) -> np.ndarray:
        return tags(batch, channels, 0.2, STEP)

    yield case(udp, "UDP, network-like", maps(), steady(1, 1))
    yield case(udp, "UDP, two images", maps(2), steady(2, 2), "float64")
    shifted = udp | {"decode_center_shift": 0.5, "decode_gaussian_kernel": 11}
    yield case(shifted, "UDP, shifted", maps(), steady(1, 2))
    dim = maps()
    dim[:, 2:4] = noise(rng, dim[:, 2:4].shape, 0.05, STEP) + np.float32(0.05)
    yield case(udp, "UDP, missing keypoints", dim, steady(1, 1))


def parity_decode_args(draw: Draw, rng: Generator, kwargs: Args) -> Args:
    """Maps of people side by side: tags depend on the column, with a little noise."""
    batch, (height, width) = draw(st.integers(1, 2)), strategies.height_and_width(kwargs)
    persons = np.arange(width) * 4 // width
    channels = draw(st.integers(1, 2)) * strategies.K
    tags = persons + rng.normal(0, 0.1, (batch, channels, height, width))
    maps = crowd_responses(rng, (batch, strategies.K), (height, width))
    return {
        "batch_heatmaps": maps.astype(draw(strategies.precisions)),
        "batch_tags": tags.astype(np.float32),
    }


def decoded_dtypes(config: Config, dtype: Any) -> list[Any]:
    return [np.float32] * 3


SPEC = Spec(
    codec=AssociativeEmbedding,
    family="bottom-up",
    instances=3,
    configs=(
        # MMPose takes a list of indices, not a tuple.
        Config(NAME, SIZES | {"decode_keypoint_order": list(ORDER)}),
        Config(
            NAME,
            ODD_SIZES
            | {
                "sigma": 1.5,
                "use_udp": True,
                "decode_keypoint_order": [2, 0, 1, 4, 3],
                "decode_topk": 5,
                "decode_center_shift": 0.5,
                "decode_max_instances": 3,
            },
            5,
            note="udp",
        ),
    ),
    encode_args=crowd_args,
    decode_args=decode_args,
    shapes=shapes,
    attributes={
        "": (
            SIZES,
            {
                "sigma": 3072**0.5 / 64,
                "use_udp": False,
                "decode_keypoint_order": [],
                "decode_nms_kernel": 5,
                "decode_gaussian_kernel": 3,
                "decode_keypoint_thr": 0.1,
                "decode_tag_thr": 1.0,
                "decode_topk": 30,
                "decode_center_shift": 0.0,
                "decode_max_instances": None,
                "scale_factor": np.array([4, 4], np.float32),
            },
        ),
        "udp": (
            ODD_SIZES
            | {
                "use_udp": True,
                "sigma": 2,
                "decode_keypoint_order": [1, 0],
                "decode_max_instances": 3,
            },
            {"scale_factor": np.array([3.4137931, 3.7], np.float32)},
        ),
    },
    lists_all_items=False,  # MMPose's tables are empty
    bad_rows=bad_rows,
    golden=golden,
    parity=Parity(
        kwargs=st.builds(
            lambda kwargs, order: kwargs | {"decode_keypoint_order": order},
            strategies.crowd_kwargs(
                sigma=strategies.sigmas,
                use_udp=st.booleans(),
                decode_nms_kernel=strategies.nms_kernels,
                decode_gaussian_kernel=st.sampled_from([3, 5, 7]),
                decode_keypoint_thr=st.floats(0.05, 0.4),
                decode_tag_thr=st.floats(0.3, 2),
                decode_topk=st.integers(1, 40),
                decode_center_shift=st.sampled_from([0.0, 0.5]),
                decode_max_instances=st.integers(1, 6),
            ),
            st.permutations(range(strategies.K)),
        ),
        encode_args=strategies.people,
        decode_args=parity_decode_args,
        takes_tensors=True,
        fixed_decode_args=lambda config, rng: config.decode_args(rng, 1),
    ),
    decodes_batches_only=True,
    decodes_to_lists=True,
    ragged=True,
    ragged_lists=frozenset({"keypoint_indices", "keypoint_weights"}),
    decoded_dtypes=decoded_dtypes,
)
