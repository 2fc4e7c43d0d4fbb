"""`VideoPoseLifting`."""

from collections.abc import Iterator

from hypothesis import strategies as st
from numpy.random import Generator
from posecodec_rs import VideoPoseLifting

from .shared import bad, lifting, strategies
from .shared.golden import Case, Size
from .shared.golden_lifting import LIFTING_PLAN, camera, lifting_args, lifting_decode_cases
from .spec import Args, Config, Draw, Parity, Spec

NAME = "VideoPoseLifting"
FRAMES = 9


def encode_args(config: Config, rng: Generator, *batch: int) -> Args:
    return lifting.pose_args(rng, *batch, FRAMES) | {"camera_param": dict(lifting.CAMERA)}


def decode_args(config: Config, rng: Generator, *batch: int) -> Args:
    return lifting.lifted_args(config, rng, *batch, FRAMES)


def shapes(config: Config) -> dict[str, tuple[int, ...]]:
    kept = 17 - bool(config.kwargs.get("remove_root"))
    inputs = 3 if config.kwargs.get("concat_vis") else 2
    flat = config.kwargs.get("reshape_keypoints", True)
    return {
        "keypoint_labels": (17 * inputs, FRAMES) if flat else (FRAMES, 17, inputs),
        "keypoints_visible": (FRAMES, 17),
        "lifting_target_label": (FRAMES, kept, 3),
        "lifting_target_weight": (FRAMES, kept),
        "trajectory_weights": (FRAMES, 17),
    }


def bad_rows() -> Iterator[bad.Bad]:
    yield from lifting.bad_constructors(VideoPoseLifting)
    row = bad.constructor(VideoPoseLifting, num_keypoints=17)
    yield from bad.bools(row, "zero_center", "normalize_camera")
    codec, normalizing = VideoPoseLifting(17), VideoPoseLifting(17, normalize_camera=True)
    for label, either in ((NAME, codec), (f"{NAME}-camera", normalizing)):
        yield from lifting.bad_encoders(either, label, camera=True)
        yield from lifting.bad_cameras(either, label)
    yield from lifting.bad_depths(codec)
    yield from lifting.half_a_camera(normalizing)
    ones = bad.ones
    poses = {"keypoints": ones(1, 17, 2), "lifting_target": ones(1, 17, 3)}
    row = bad.method(normalizing, "encode", poses)
    yield row("camera_param", {"w": 1000, "h": 1002}, "`f` and `c`", "neither")
    row = bad.method(codec, "encode", {"camera_param": lifting.PLAIN_CAMERA})
    for dims in (3, 1):
        yield row("keypoints", ones(1, 17, dims), "2 coordinates")
    removing = VideoPoseLifting(17, remove_root=True, root_index=9)
    yield from lifting.bad_decoders(removing, f"{NAME}-removed")
    row = bad.method(removing, "decode", {"target_root": ones(3)})
    yield row("encoded", ones(1, 1, 3), "inserted at 9", "(1, 1, 3)")


def golden(rng: Generator, size: Size) -> Iterator[Case]:
    removed = {"remove_root": True, "save_index": True}
    for i, kwargs in enumerate(
        (
            {"num_keypoints": 17},
            {"num_keypoints": 17, "zero_center": False, **removed, "concat_vis": True},
            {"num_keypoints": 16, "root_index": [0, 4], "normalize_camera": True},
            {"num_keypoints": 5, **removed, "reshape_keypoints": False, "normalize_camera": True},
            {"num_keypoints": 5, "reshape_keypoints": False, "concat_vis": True},
        )
    ):
        joints = kwargs["num_keypoints"]
        frames = (9, 1) if i % 2 else (3, 3)
        for dtype, visible in LIFTING_PLAN[(size.turn + i) % 2 :: 2]:
            args = lifting_args(rng, size, frames, joints, dtype, visible)
            args["camera_param"] = camera(size, dtype, "normalize_camera" in kwargs)
            note = f"{frames[0]} and {frames[1]} of {joints} {dtype}, visibility {visible}"
            yield Case(kwargs, "encode", args, note)
        if i == size.turn:
            yield from lifting_decode_cases(rng, kwargs, joints - ("remove_root" in kwargs))


def parity_encode_args(draw: Draw, rng: Generator, kwargs: Args) -> Args:
    """A sequence of poses, or one."""
    args = strategies.poses(draw, rng, draw(st.sampled_from([(9, 1), (3, 3), (1, 1)])))
    if kwargs.get("remove_root"):  # MMPose would use other frames' visibilities for keypoints
        args["lifting_target"] = args["lifting_target"][:1]
        args.pop("lifting_target_visible", None)
    return args | {"camera_param": strategies.camera(draw, rng)}


def mmpose_decode_args(config: Config, rng: Generator) -> Args:
    """With one root for all frames, as MMPose takes it."""
    args = config.decode_args(rng)
    return args | {"target_root": args["target_root"][:1]}


SPEC = Spec(
    codec=VideoPoseLifting,
    family="lifting",
    configs=(
        Config(NAME, {"num_keypoints": 17}),
        Config(
            NAME,
            {
                "num_keypoints": 17,
                "root_index": [3, 5],
                "normalize_camera": True,
                "concat_vis": True,
            },
            note="camera",
        ),
        Config(
            NAME,
            {"num_keypoints": 17, "root_index": 16, "remove_root": True, "save_index": True},
            note="removed",
        ),
        Config(
            NAME,
            {"num_keypoints": 17, "zero_center": False, "reshape_keypoints": False},
            note="not-centered",
        ),
    ),
    encode_args=encode_args,
    decode_args=decode_args,
    shapes=shapes,
    attributes={
        "": (
            {"num_keypoints": 16},
            {
                "zero_center": True,
                "root_index": [0],
                "remove_root": False,
                "save_index": False,
                "reshape_keypoints": True,
                "concat_vis": False,
                "normalize_camera": False,
            },
        ),
    },
    labels=lifting.LABELS,
    instance_items=lifting.TARGETS,
    auxiliary_keys=frozenset({*lifting.TARGETS, "camera_param"}),
    lists_all_items=False,
    optional_args=lifting.OPTIONAL,
    weights="other",
    bad_rows=bad_rows,
    golden=golden,
    parity=Parity(
        kwargs=strategies.chosen(
            {"num_keypoints": st.just(strategies.K)},
            zero_center=st.booleans(),
            root_index=st.integers(0, strategies.K - 1) | st.just([1, 3]),
            reshape_keypoints=st.booleans(),
            concat_vis=st.booleans(),
            normalize_camera=st.booleans(),
        )
        | strategies.chosen(
            {"num_keypoints": st.just(strategies.K), "remove_root": st.just(True)},
            save_index=st.booleans(),
            concat_vis=st.booleans(),
        ),
        encode_args=parity_encode_args,
        decode_args=strategies.lifted,
        skipped_notes=frozenset({"removed"}),
        fixed_decode_args=mmpose_decode_args,
    ),
    constant_items=frozenset({"target_root_removed", "target_root_index"}),
    decoded_dtypes=lifting.decoded_dtypes,
)
