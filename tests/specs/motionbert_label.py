"""`MotionBERTLabel`."""

from collections.abc import Iterator

import numpy as np
from hypothesis import strategies as st
from numpy.random import Generator
from posecodec_rs import MotionBERTLabel

from .shared import bad, lifting, strategies
from .shared.golden import Case, Size
from .shared.golden_lifting import LIFTING_PLAN, camera, lifting_args
from .shared.messages import NUMERIC, PER_FRAME
from .spec import Args, Config, Draw, Parity, Spec

NAME = "MotionBERTLabel"
FRAMES = 9


def encode_args(config: Config, rng: Generator, *batch: int) -> Args:
    factor = rng.uniform(3, 5, (*batch, FRAMES)).astype(np.float32)
    camera = dict(lifting.CAMERA)
    return lifting.pose_args(rng, *batch, FRAMES) | {"camera_param": camera, "factor": factor}


def decode_args(config: Config, rng: Generator, *batch: int) -> Args:
    frames = (*batch, FRAMES)
    return {
        "encoded": rng.normal(0, 1, (*frames, 17, 3)).astype(np.float32),
        **{side: np.full(frames, np.float32(lifting.CAMERA[side])) for side in "wh"},
        "factor": rng.uniform(3, 5, (*frames, 1)).astype(np.float32),
    }


def shapes(config: Config) -> dict[str, tuple[int, ...]]:
    inputs = 3 if config.kwargs.get("concat_vis") else 2
    return {
        "keypoint_labels": (FRAMES, 17, inputs),
        "lifting_target_label": (FRAMES, 17, 3),
        "lifting_target_weight": (FRAMES, 17),
        "keypoint_labels_visible": (FRAMES, 17),
        "lifting_target": (FRAMES, 17, 3),
        "factor": (FRAMES, 1),
    }


def bad_rows() -> Iterator[bad.Bad]:
    yield from lifting.bad_constructors(MotionBERTLabel, several_roots=False)
    row = bad.constructor(MotionBERTLabel, num_keypoints=17)
    yield row("root_index", [0], "[0]")
    yield from bad.bools(row, "rootrel")
    for value in ("val", "", "training"):
        yield bad.Bad(
            f"{NAME}(mode={value!r})",
            lambda value=value: MotionBERTLabel(17, mode=value),
            ("got invalid `mode`", value, '"train", "test"'),
        )
    for value in (1, None, b"test"):
        yield row("mode", value, "str", repr(value))
    codec = MotionBERTLabel(17)
    for label, either in ((NAME, codec), (f"{NAME}-train", MotionBERTLabel(17, mode="train"))):
        yield from lifting.bad_encoders(either, label, camera=True)
    yield from lifting.bad_cameras(codec, NAME)
    yield from lifting.half_a_camera(codec)
    ones, camera = bad.ones, {"camera_param": lifting.PLAIN_CAMERA}
    row = bad.method(codec, "encode", {"keypoints": ones(1, 17, 2)} | camera)
    yield row("keypoints", ones(1, 17, 1), "2 coordinates or more", "1")
    for dims in (2, 4):
        yield row("lifting_target", ones(1, 17, dims), "(T, 17, 3)", f"(1, 17, {dims})")
    row = bad.method(codec, "encode", {"keypoints": ones(2, 17, 2)} | camera)
    for depth in (0.0, -0.0):
        target = ones(2, 17, 3)
        target[1, 4, 2] = depth
        call = lambda target=target: codec.encode(  # noqa: E731
            ones(2, 17, 2), lifting_target=target, **camera
        )
        words = ("`lifting_target`", "depth of 0 at frame 1, keypoint 4")
        yield bad.Bad(f"{NAME}.encode(a depth of {depth})", call, words)
    yield from bad_factors(codec)
    yield from bad_decoders(codec)


def bad_factors(codec: MotionBERTLabel) -> Iterator[bad.Bad]:
    ones = bad.ones
    poses = {"keypoints": ones(4, 17, 2), "lifting_target": ones(4, 17, 3)}
    camera = {"camera_param": lifting.PLAIN_CAMERA}
    row = bad.method(codec, "encode", poses | camera)
    for shape in ((), (3,), (5,), (0,), (4, 2), (1, 4), (4, 1, 1)):
        yield row("factor", ones(*shape), "(4,)", PER_FRAME, str(shape))
    for value in ("factor", {}, 1j, np.zeros(4, object)):
        yield row("factor", value, NUMERIC)
    batched = {name: value[None] for name, value in poses.items()}
    batch = bad.method(codec, "batch_encode", batched | camera)
    for shape in ((4,), (2, 4), (1, 3), (1, 4, 2)):
        yield batch("factor", ones(*shape), "(1, 4)", PER_FRAME, str(shape))
    size = {"camera_param": {"w": 9, "h": 9}}
    call = lambda: codec.encode(ones(4, 17, 2), None, ones(2, 17, 3), **size)  # noqa: E731
    words = ("`factor`", "2 frames of the target", "4")
    yield bad.Bad(f"{NAME}.encode(more keypoints than targets)", call, words)


def bad_decoders(codec: MotionBERTLabel) -> Iterator[bad.Bad]:
    ones = bad.ones
    row = bad.method(codec, "decode", {})
    for shape in ((17, 3), (1, 16, 3), (1, 17, 2), (1, 1, 1, 17, 3)):
        yield row("encoded", ones(*shape), "(N, 17, 3)", str(shape))
    batch = bad.method(codec, "batch_decode", {})
    for shape in ((17, 3), (2, 17, 3), (1, 2, 16, 3), (1, 2, 17, 2), (1, 1, 2, 17, 3)):
        yield batch("batch_encoded", ones(*shape), "(B, T, 17, 3)", str(shape))
    two = ones(2, 17, 3)
    for what, scales, words in (
        ("w alone", {"w": ones(2)}, ("`h`", "given with `w`")),
        ("h alone", {"h": ones(2)}, ("`w`", "given with `h`")),
        ("different shapes", {"w": ones(2), "h": ones(2, 1)}, ("`h`", "like `w`", "(2, 1)")),
        ("too many sizes", {"w": ones(3), "h": ones(3)}, ("`w`", "(2,)", "(3,)")),
        ("one size for all", {"w": ones(1), "h": ones(1)}, ("`w`", "(2,)", "(1,)")),
        ("sizes in two columns", {"w": ones(2, 2), "h": ones(2, 2)}, ("`w`", "(2, 2)")),
        ("no width", {"w": ones(2) * 0, "h": ones(2)}, ("`w`", "positive", "0")),
        ("no height", {"w": ones(2), "h": -ones(2)}, ("`h`", "positive", "-1")),
        ("NaN", {"w": ones(2) * np.nan, "h": ones(2)}, ("`w`", "positive", "NaN")),
        ("too many factors", {"factor": ones(3, 1)}, ("`factor`", "(2,)", "(3, 1)")),
        ("one factor", {"factor": ones(1, 1)}, ("`factor`", "(2,)", "(1, 1)")),
        ("a string of factors", {"factor": "four"}, ("`factor`", NUMERIC)),
    ):
        call = lambda scales=scales: codec.decode(two, **scales)  # noqa: E731
        yield bad.Bad(f"{NAME}.decode({what})", call, words)


def golden(rng: Generator, size: Size) -> Iterator[Case]:
    for i, kwargs in enumerate(
        (
            {"num_keypoints": 17, "mode": "train", "concat_vis": True},
            {"num_keypoints": 17, "concat_vis": True, "rootrel": True},
            {"num_keypoints": 16, "root_index": 6, "mode": "train"},
            {"num_keypoints": 5, "root_index": 2, "mode": "TEST", "remove_root": True},
        )
    ):
        joints = kwargs["num_keypoints"]
        for dtype, visible in LIFTING_PLAN[(size.turn + i) % 2 :: 2]:
            args = lifting_args(rng, size, (4, 4), joints, dtype, visible)
            turn = (size.turn + i + len(visible)) % 3
            args["camera_param"] = camera(size, dtype, intrinsics=turn != 1)
            if turn == 2:  # millimeters, at whose distance single precision has few digits left
                args["lifting_target"] = args["lifting_target"] * args["keypoints"].dtype.type(1000)
            if turn:
                args["factor"] = np.round(rng.uniform(3, 5, (4, 1)[:turn]) * 64).astype(dtype) / 64
                args["factor"][0] *= turn != 2
            note = f"{joints} {dtype}, visibility {visible}, factor {('none', 'given', '0')[turn]}"
            yield Case(kwargs, "encode", args, note)
        for dtype in ("float32", "float64"):
            encoded = (np.round(rng.normal(0, 256, (3, joints, 3))) / 256).astype(dtype)
            args = {"encoded": encoded}
            yield Case(kwargs, "decode", args, f"{joints} {dtype}, not scaled")
            args = args | {
                name: np.full(3, 10 * side) for name, side in zip("wh", size.image, strict=True)
            }
            args["factor"] = np.round(rng.uniform(3, 5, (3, 1)) * 64).astype(dtype) / 64
            yield Case(kwargs, "decode", args, f"{joints} {dtype}, scaled")


def parity_encode_args(draw: Draw, rng: Generator, kwargs: Args) -> Args:
    frames = draw(strategies.counts)
    args = strategies.poses(draw, rng, (frames, frames), whole=True)
    args["camera_param"] = strategies.camera(draw, rng)
    if draw(st.booleans()):
        args["factor"] = rng.uniform(3, 5, (frames,)).astype(args["keypoints"].dtype)
    return args


def parity_decode_args(draw: Draw, rng: Generator, kwargs: Args) -> Args:
    frames, dtype = draw(strategies.counts), draw(strategies.precisions)
    args = {"encoded": rng.normal(0, 1, (frames, strategies.K, 3)).astype(dtype)}
    if draw(st.booleans()):
        args |= {"w": np.full(frames, 1000), "h": np.full(frames, 1002)}
        args["factor"] = rng.uniform(3, 5, (frames, 1)).astype(dtype)
    return args


SPEC = Spec(
    codec=MotionBERTLabel,
    family="lifting",
    configs=(
        Config(NAME, {"num_keypoints": 17, "concat_vis": True, "mode": "train"}),
        Config(NAME, {"num_keypoints": 17, "root_index": 5}, note="test"),
        Config(NAME, {"num_keypoints": 17, "rootrel": True}, note="rootrel"),
    ),
    encode_args=encode_args,
    decode_args=decode_args,
    shapes=shapes,
    attributes={
        "": (
            {"num_keypoints": 17},
            {
                "root_index": 0,
                "remove_root": False,
                "save_index": False,
                "concat_vis": False,
                "rootrel": False,
                "mode": "test",
            },
        ),
    },
    labels=lifting.LABELS,
    instance_items=lifting.TARGETS,
    auxiliary_keys=frozenset({*lifting.TARGETS, "camera_param", "factor"}),
    lists_all_items=False,
    optional_args=lifting.OPTIONAL | {"factor"},
    weights="other",
    bad_rows=bad_rows,
    golden=golden,
    parity=Parity(
        kwargs=strategies.chosen(
            {"num_keypoints": st.just(strategies.K)},
            root_index=st.integers(0, strategies.K - 1),
            concat_vis=st.booleans(),
            rootrel=st.booleans(),
            mode=st.sampled_from(["train", "test"]),
        ),
        encode_args=parity_encode_args,
        decode_args=parity_decode_args,
    ),
    decoded_dtypes=lifting.decoded_dtypes,
)
