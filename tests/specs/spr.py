"""`SPR`."""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.random import Generator
from posecodec_rs import SPR

from .shared import bad, bottom_up, strategies
from .shared.golden import Case, Kwargs, Size, mmpose_codec, noise
from .shared.golden_bottom_up import clean_peaks, crowd, image_cases, peaks
from .shared.inputs import ODD_SIZES, SIZES, crowd_args, crowd_responses
from .shared.messages import NUMBER_OF_IMAGES, ONE_PER_IMAGE
from .spec import Args, Config, Draw, Parity, Spec

NAME = "SPR"
FIELDS = ("heatmaps", "heatmap_weights", "displacements", "displacement_weights")


def maps(config: Config) -> int:
    """Heatmaps per image."""
    return config.count + 1 if config.kwargs.get("generate_keypoint_heatmaps") else 1


def decode_args(config: Config, rng: Generator, *batch: int) -> Args:
    width, height = config.kwargs["heatmap_size"]
    displacements = rng.normal(0, 3, (*batch, 2 * config.count, height, width))
    return {
        "heatmaps": crowd_responses(rng, (*batch, maps(config)), (height, width)),
        "displacements": displacements.astype(np.float32),
    }


def shapes(config: Config) -> dict[str, tuple[int, ...]]:
    width, height = config.kwargs["heatmap_size"]
    counts = (maps(config), maps(config), 2 * config.count, 2 * config.count)
    return {name: (n, height, width) for name, n in zip(FIELDS, counts, strict=True)}


def bad_rows() -> Iterator[bad.Bad]:
    row = bad.constructor(SPR, **SIZES)
    yield from bad.sizes(row, "input_size", "heatmap_size")
    yield from bottom_up.root_types(row)
    yield from bad.odd_kernels(row, "decode_nms_kernel")
    yield from bad.positive_numbers(row, "sigma")
    missing = "sigma for keypoints must be given if `generate_keypoint_heatmaps` is True"
    for sigma in (4, (4,), [4.0]):
        yield row("sigma", sigma, missing, "4", generate_keypoint_heatmaps=True)
    yield row("sigma", (4, 0), "positive finite number", generate_keypoint_heatmaps=True)
    yield row("sigma", (4, 2, 1), "one for roots and one for keypoints", "3 values")
    yield row("sigma", (4, "2"), "number", "'2'")
    yield from bad.bools(row, "generate_keypoint_heatmaps")
    for argument in ("minimal_diagonal_length", "background_weight", "decode_thr"):
        yield from bad.finite_numbers(row, argument)
    yield from bad.integers(row, "decode_max_instances")

    codec = SPR(**bottom_up.SMALL, decode_max_instances=5)
    yield from bottom_up.keypoints(codec)
    yield from bottom_up.lists(codec)
    yield from bad_decoders(codec)
    yield from bottom_up.out_rows(codec, FIELDS)
    points = bad.ones(2, 3, 2)
    good = codec.encode(points)
    shared = good | {"heatmaps": good["heatmaps"][:1], "heatmap_weights": good["heatmaps"][:1]}
    words = ("`out`", "share no memory")
    yield bad.Bad(f"{NAME}, out: shared", lambda: codec.encode(points, out=shared), words)
    listed = codec.batch_encode([points, points])
    for what, out, *words in (
        ("of an image for a list", good, "out['heatmaps']", "(2, 1, 8, 9)", "(1, 8, 9)"),
        ("shared, for a list", listed | {"heatmap_weights": listed["heatmaps"]}, "`out`",
         "share no memory"),
    ):  # fmt: skip
        call = lambda out=out: codec.batch_encode([points, points], out=out)  # noqa: E731
        yield bad.Bad(f"{NAME}, out: {what}", call, tuple(words))


def bad_decoders(codec: SPR) -> Iterator[bad.Bad]:
    ones, row = bad.ones, bottom_up.pair_row(codec, "decode")
    maps, fields = ones(1, 8, 9), ones(6, 8, 9)
    wanted = "(1, H, W) or (K+1, H, W)"
    yield row(ones(8, 9), fields, "`heatmaps`", wanted, "(8, 9)")
    yield row(ones(1, 1, 8, 9), fields, "`heatmaps`", "(1, 1, 8, 9)")
    yield row(ones(0, 8, 9), fields, "`heatmaps`", wanted, "(0, 8, 9)")
    yield row(maps, ones(8, 9), "`displacements`", "(2K, H, W)", "(8, 9)")
    yield row(maps, ones(5, 8, 9), "`displacements`", "(2K, H, W)", "(5, 8, 9)")
    yield row(maps, ones(6, 9, 8), "`displacements`", "8, 9", "(6, 9, 8)")
    yield row(ones(1, 2, 2), ones(6, 2, 2), "`decode_max_instances`", "the 4 ", "5")
    yield row(ones(1, 0, 9), ones(6, 0, 9), "`decode_max_instances`", "the 0 ", "5")
    yield from bottom_up.not_floating(row, maps, fields, ("heatmaps", "displacements"))
    row = bottom_up.pair_row(codec, "batch_decode")
    yield row(3, [fields], "`batch_heatmaps`", ONE_PER_IMAGE)
    yield row([maps], None, "`batch_displacements`", ONE_PER_IMAGE)
    yield row([maps], 3.0, "`batch_displacements`", ONE_PER_IMAGE)
    words = (NUMBER_OF_IMAGES.format(count) for count in (2, 1))
    yield row([maps, maps], [fields], "`batch_displacements`", *words)
    yield row(itertools.repeat(maps), [fields], "`batch_heatmaps`", "repeat")


def golden(rng: Generator, size: Size) -> Iterator[Case]:
    many = size.kwargs | {"sigma": (3, 1.5), "generate_keypoint_heatmaps": True}
    box = {"root_type": "bbox_center"}
    variants = [
        size.kwargs,
        size.kwargs | box | {"sigma": 2.0, "minimal_diagonal_length": 8.5},
        many | {"background_weight": 0.3},
        many | box | {"sigma": [2.5, 1], "background_weight": 0},
    ]
    for i, kwargs in enumerate(variants):
        yield from image_cases(rng, size, kwargs, i)

    pixels = size.heatmap[0] * size.heatmap[1]
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
    for limit in (1, pixels // 64, pixels // 64 + 1, 30, pixels // 8):
        clean = clean_peaks(rng, size, 1, 25)
        kwargs = variants[0] | {"decode_max_instances": limit, "decode_nms_kernel": 1}
        yield case(kwargs, f"equal peaks, at most {limit}", clean)
        kwargs |= {"decode_nms_kernel": 3, "decode_thr": -1}
        yield case(kwargs, f"equal peaks and zeros, at most {limit}", clean)
    own = mmpose_codec(NAME, many).encode(crowd(rng, size, 3))
    args = {name: own[name] for name in ("heatmaps", "displacements")}
    yield Case(many, "decode", args, "own targets", tensors=True)


def parity_decode_args(draw: Draw, rng: Generator, kwargs: Args) -> Args:
    maps = strategies.K + 1 if kwargs.get("generate_keypoint_heatmaps") else 1
    dtype, sides = draw(strategies.precisions), strategies.height_and_width(kwargs)
    return {
        "heatmaps": crowd_responses(rng, (maps,), sides).astype(dtype),
        "displacements": rng.normal(0, 3, (2 * strategies.K, *sides)).astype(dtype),
    }


def decoded_dtypes(config: Config, dtype: Any) -> list[Any]:
    return [dtype] * (3 if config.note == "keypoints" else 2)


SPEC = Spec(
    codec=SPR,
    family="bottom-up",
    instances=3,
    configs=(
        Config(NAME, SIZES),
        Config(
            NAME,
            ODD_SIZES
            | {
                "sigma": (4, 2.5),
                "generate_keypoint_heatmaps": True,
                "root_type": "bbox_center",
                "background_weight": 0.3,
                "minimal_diagonal_length": 2.5,
                "decode_nms_kernel": 3,
                "decode_max_instances": 4,
            },
            5,
            note="keypoints",
        ),
    ),
    encode_args=crowd_args,
    decode_args=decode_args,
    shapes=shapes,
    attributes={
        "": (
            SIZES,
            {
                "sigma": (3072**0.5 / 32,),
                "generate_keypoint_heatmaps": False,
                "root_type": "kpt_center",
                "minimal_diagonal_length": 5,
                "background_weight": 0.1,
                "decode_nms_kernel": 5,
                "decode_max_instances": 30,
                "decode_thr": 0.01,
                "scale_factor": np.array([4, 4], np.float32),
            },
        ),
        "keypoints": (
            SIZES | {"generate_keypoint_heatmaps": True, "root_type": "bbox_center"},
            {"sigma": (3072**0.5 / 32, 0.0)},
        ),
        "sigma": (SIZES | {"sigma": (4, 2.5), "minimal_diagonal_length": 2.5}, {}),
    },
    fields=FIELDS,
    weights="other",
    bad_rows=bad_rows,
    golden=golden,
    parity=Parity(
        kwargs=strategies.crowd_kwargs(
            sigma=strategies.sigmas,
            root_type=strategies.root_types,
            minimal_diagonal_length=st.floats(0.5, 10),
            background_weight=st.floats(0, 1),
            decode_nms_kernel=strategies.nms_kernels,
            decode_max_instances=st.integers(1, 60),
            decode_thr=st.floats(-0.1, 0.5),
        )
        | st.builds(
            lambda kwargs, sigmas: kwargs | {"sigma": sigmas, "generate_keypoint_heatmaps": True},
            strategies.crowd_kwargs(
                root_type=strategies.root_types, background_weight=st.floats(0, 1)
            ),
            st.tuples(strategies.sigmas, strategies.sigmas),
        ),
        encode_args=strategies.people,
        decode_args=parity_decode_args,
        takes_tensors=True,
    ),
    decodes_to_lists=True,
    returns_tensors=True,
    ragged=True,
    decoded_dtypes=decoded_dtypes,
)
