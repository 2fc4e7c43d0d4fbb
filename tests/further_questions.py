"""What is asked at random of the codecs whose calls are unlike the others': for several people, for
depths, for boxes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from bottom_up_samples import crowd
from hypothesis import strategies as st
from numpy.random import Generator
from numpy.typing import NDArray
from samples import VISIBILITIES, responses

Array = NDArray[Any]
Arguments = dict[str, Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]
Drawn = Callable[[Draw, Generator, Arguments], Arguments]

K = 5
"""Keypoints of everyone."""

counts = st.integers(1, 4)
sigmas = st.floats(0.5, 4) | st.integers(1, 3)
odd = st.sampled_from([1, 3, 5, 7])
precisions = st.sampled_from([np.float32, np.float64])
roots = st.sampled_from(["kpt_center", "bbox_center"])
sides = st.integers(8, 40)


@dataclass(frozen=True)
class Asked:
    """How a codec is made, and what is asked of it; `decoding` is the method for that, if any."""

    made: st.SearchStrategy[Arguments]
    encoded: Drawn
    decoded: Drawn
    decoding: str | None = "decode"


def chosen(needed: dict[str, Any], **options: st.SearchStrategy[Any]) -> Any:
    """Arguments that are needed, and some of those that are not."""
    return st.fixed_dictionaries(needed, optional=options)


@st.composite
def with_maps(draw: st.DrawFn, **options: st.SearchStrategy[Any]) -> Arguments:
    """An input, its heatmap, and some of the options."""
    heatmap_size = draw(st.tuples(sides, sides))
    scale = draw(st.sampled_from([1, 2, 4, 3.3]))
    size = tuple(int(side * scale) for side in heatmap_size)
    return {"input_size": size, "heatmap_size": heatmap_size, **draw(chosen({}, **options))}


def visible(draw: Draw, rng: Generator, *shape: int) -> Array:
    kinds = [np.float32, np.float64, np.int64]
    return rng.choice(VISIBILITIES, shape).astype(draw(st.sampled_from(kinds)))


def people(draw: Draw, rng: Generator, kwargs: Arguments, *, most: int = 4) -> Arguments:
    """People large and small, most of them inside, and perhaps their visibilities."""
    size, count = np.array(kwargs["input_size"][:2]), draw(st.integers(1, most))
    centres = rng.uniform(-0.05, 1.05, (count, 1, 2)) * size
    spread = rng.uniform(0.05, 0.3, (count, 1, 1)) * size.max()
    points = centres + spread * rng.normal(0, 1, (count, K, 2))
    args = {"keypoints": points.astype(draw(precisions))}
    if draw(st.booleans()):
        args["keypoints_visible"] = visible(draw, rng, count, K)
    return args


def boxes_too(draw: Draw, rng: Generator, kwargs: Arguments) -> Arguments:
    """People, and perhaps the corners of their boxes: left top, left bottom, right ones."""
    args = people(draw, rng, kwargs)
    if draw(st.booleans()):
        points = args["keypoints"]
        low, high = points.min(1), points.max(1)
        left_bottom = np.stack([low[:, 0], high[:, 1]], -1)
        right_top = np.stack([high[:, 0], low[:, 1]], -1)
        args["bbox"] = np.concatenate([low, left_bottom, right_top, high], -1)
    return args


def map_sides(kwargs: Arguments) -> tuple[int, int]:
    width, height = kwargs["heatmap_size"]
    return height, width


def spr_maps(draw: Draw, rng: Generator, kwargs: Arguments) -> Arguments:
    maps = K + 1 if kwargs.get("generate_keypoint_heatmaps") else 1
    dtype = draw(precisions)
    return {
        "heatmaps": crowd(rng, (maps,), map_sides(kwargs)).astype(dtype),
        "displacements": rng.normal(0, 3, (2 * K, *map_sides(kwargs))).astype(dtype),
    }


def instance_maps(draw: Draw, rng: Generator, kwargs: Arguments) -> Arguments:
    count = draw(counts)
    maps = responses(rng, (count, K), map_sides(kwargs))
    return {
        "instance_heatmaps": maps.astype(draw(precisions)),
        "instance_scores": rng.random((count, 1)).astype(draw(precisions)),
    }


def tagged_maps(draw: Draw, rng: Generator, kwargs: Arguments) -> Arguments:
    """People stand side by side: tags follow the column, a little noisy."""
    batch, (height, width) = draw(st.integers(1, 2)), map_sides(kwargs)
    persons = np.arange(width) * 4 // width
    tags = persons + rng.normal(0, 0.1, (batch, draw(st.integers(1, 2)) * K, height, width))
    maps = crowd(rng, (batch, K), (height, width))
    return {"batch_heatmaps": maps.astype(draw(precisions)), "batch_tags": tags.astype(np.float32)}


def hands(draw: Draw, rng: Generator, kwargs: Arguments) -> Arguments:
    count, bound = draw(st.integers(1, 2)), kwargs.get("heatmap3d_depth_bound", 400.0)
    shares = rng.uniform(-0.2, 1.2, (count, K, 3)) - [0, 0, 0.5]
    points = shares * [*kwargs["image_size"], bound]
    weights = rng.uniform(0, 2, len(kwargs.get("joint_indices", range(K))))
    depth = rng.uniform(-250, 250)
    return {
        "keypoints": points.astype(draw(precisions)),
        "keypoints_visible": draw(st.none() | st.just(visible(draw, rng, count, K))),
        "dataset_keypoint_weights": weights.astype(np.float32),
        "rel_root_depth": draw(st.sampled_from([np.float32, np.float64, float]))(depth),
        "rel_root_valid": draw(st.sampled_from([np.float32(1), 1.0, np.int64(1)])),
        "hand_type": rng.integers(0, 2, (1, 2)).astype(draw(precisions)),
        "hand_type_valid": np.ones(1, np.float32),
        "focal": np.ones(2, np.float32),
        "principal_pt": np.ones(2, np.float32),
    }


def hand_volumes(draw: Draw, rng: Generator, kwargs: Arguments) -> Arguments:
    dtype = draw(precisions)
    return {
        "heatmaps": responses(rng, (K,), kwargs["heatmap_size"][::-1]).astype(dtype),
        "root_depth": rng.uniform(0, 12, (1, 1)).astype(dtype),
        "hand_type": rng.normal(0, 1, (1, 2)).astype(dtype),
    }


def edpose(draw: Draw, rng: Generator, kwargs: Arguments) -> Arguments:
    size = kwargs["input_size"] = tuple(rng.integers(100, 900, 2).tolist())
    args = people(draw, rng, kwargs)
    del kwargs["input_size"]
    if "keypoints_visible" in args:
        count, dtype = len(args["keypoints"]), draw(precisions)
        args["area"] = rng.uniform(10, 9000, count).astype(dtype)
        args["bboxes"] = (rng.uniform(0, 1, (count, 4)) * (size * 2)).astype(dtype)
    return {"img_shape": size} | args


def edpose_candidates(draw: Draw, rng: Generator, kwargs: Arguments) -> Arguments:
    queries, classes, dtype = 30, draw(st.integers(1, 2)), draw(precisions)
    scores = rng.permutation(queries * classes).reshape(queries, classes) / 64 - 0.3
    keypoints = rng.random((queries, 3 * kwargs["num_keypoints"]))
    return {
        "input_shapes": rng.integers(100, 900, 2),
        "pred_logits": scores.astype(dtype),
        "pred_boxes": rng.random((queries, 4)).astype(dtype),
        "pred_keypoints": keypoints.astype(dtype),
    }


def boxes(draw: Draw, rng: Generator, kwargs: Arguments) -> Arguments:
    args = people(draw, rng, {"input_size": kwargs.get("input_size") or (640, 480)})
    count = len(args["keypoints"])
    args.setdefault("keypoints_visible", visible(draw, rng, count, K))
    corners = np.sort(rng.uniform(0, 640, (count, 2, 2)), 1).reshape(count, 4)
    args["bbox"] = corners.astype(draw(st.sampled_from([np.float32, np.float64, np.int64])))
    if draw(st.booleans()):
        args["category_id"] = rng.integers(0, 80, count).tolist()
    return args


def nothing(*_: Any) -> Arguments:
    raise AssertionError("it decodes nothing")


def poses(draw: Draw, rng: Generator, frames: tuple[int, int], *, whole: bool = False) -> Arguments:
    """2D poses and 3D targets of so many frames."""
    first, second = frames
    dtype = draw(precisions)
    args = {
        "keypoints": rng.uniform(100, 900, (first, K, 2)).astype(dtype),
        "lifting_target": rng.normal([0, 0, 5], 0.5, (second, K, 3)).astype(dtype),
    }
    if whole or draw(st.booleans()):
        args["keypoints_visible"] = visible(draw, rng, first, K)
        args["lifting_target_visible"] = visible(draw, rng, second, K)
    return args


def camera(draw: Draw, rng: Generator) -> Arguments:
    dtype = draw(precisions)
    pair = [rng.uniform(low, high, (2, 1)).astype(dtype) for low, high in ((900, 1200), (400, 600))]
    return {"w": 1000, "h": 1002, "f": pair[0], "c": pair[1]}


def picture_pose(draw: Draw, rng: Generator, kwargs: Arguments) -> Arguments:
    return poses(draw, rng, (draw(counts), 1))


def film_pose(draw: Draw, rng: Generator, kwargs: Arguments) -> Arguments:
    args = poses(draw, rng, draw(st.sampled_from([(9, 1), (3, 3), (1, 1)])))
    if kwargs.get("remove_root"):  # MMPose's own would take others' frames for keypoints
        args["lifting_target"] = args["lifting_target"][:1]
        args.pop("lifting_target_visible", None)
    return args | {"camera_param": camera(draw, rng)}


def motion(draw: Draw, rng: Generator, kwargs: Arguments) -> Arguments:
    frames = draw(counts)
    args = poses(draw, rng, (frames, frames), whole=True) | {"camera_param": camera(draw, rng)}
    if draw(st.booleans()):
        args["factor"] = rng.uniform(3, 5, (frames,)).astype(args["keypoints"].dtype)
    return args


def lifted(draw: Draw, rng: Generator, kwargs: Arguments) -> Arguments:
    count = K - bool(kwargs.get("remove_root"))
    people = 1 if "target_mean" in kwargs else draw(counts)
    args = {"encoded": rng.normal(0, 1, (people, count, 3)).astype(draw(precisions))}
    if draw(st.booleans()):
        args["target_root"] = rng.normal(0, 1, (1, 3)).astype(np.float32)
    return args


def moved(draw: Draw, rng: Generator, kwargs: Arguments) -> Arguments:
    frames, dtype = draw(counts), draw(precisions)
    args = {"encoded": rng.normal(0, 1, (frames, K, 3)).astype(dtype)}
    if draw(st.booleans()):
        args |= {"w": np.full(frames, 1000), "h": np.full(frames, 1002)}
        args["factor"] = rng.uniform(3, 5, (frames, 1)).astype(dtype)
    return args


@st.composite
def statistics(draw: st.DrawFn) -> Arguments:
    """Of keypoints and targets, for some of `ImagePoseLifting`."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    kwargs: Arguments = draw(
        chosen(
            {"num_keypoints": st.just(K)},
            root_index=st.integers(0, K - 1) | st.just([1, 3]),
            reshape_keypoints=st.booleans(),
            concat_vis=st.booleans(),
        )
    )
    if draw(st.booleans()):  # MMPose fails with another root
        kwargs |= {"remove_root": True, "save_index": draw(st.booleans()), "root_index": 0}
    if draw(st.booleans()):
        kwargs["keypoints_mean"] = rng.uniform(400, 600, (K, 2))
        kwargs["keypoints_std"] = rng.uniform(50, 100, (K, 2)).tolist()
    if draw(st.booleans()):
        kept = K - bool(kwargs.get("remove_root"))
        kwargs["target_mean"] = rng.normal(0, 0.3, (kept, 3)).tolist()
        kwargs["target_std"] = rng.uniform(0.3, 1, (kept, 3))
    return kwargs


VOLUMES = {
    "image_size": st.tuples(sides, sides),
    "heatmap_size": st.tuples(*[st.integers(2, 16)] * 3),
}

ASKED = {
    "SPR": Asked(
        with_maps(
            sigma=sigmas,
            root_type=roots,
            minimal_diagonal_length=st.floats(0.5, 10),
            background_weight=st.floats(0, 1),
            decode_nms_kernel=odd,
            decode_max_instances=st.integers(1, 60),
            decode_thr=st.floats(-0.1, 0.5),
        )
        | st.builds(
            lambda kwargs, sigmas: kwargs | {"sigma": sigmas, "generate_keypoint_heatmaps": True},
            with_maps(root_type=roots, background_weight=st.floats(0, 1)),
            st.tuples(sigmas, sigmas),
        ),
        people,
        spr_maps,
    ),
    "DecoupledHeatmap": Asked(
        with_maps(
            root_type=roots,
            heatmap_min_overlap=st.floats(0.2, 0.9),
            encode_max_instances=st.integers(1, 4),
        ),
        boxes_too,
        instance_maps,
    ),
    "AssociativeEmbedding": Asked(
        st.builds(
            lambda kwargs, order: kwargs | {"decode_keypoint_order": order},
            with_maps(
                sigma=sigmas,
                use_udp=st.booleans(),
                decode_nms_kernel=odd,
                decode_gaussian_kernel=st.sampled_from([3, 5, 7]),
                decode_keypoint_thr=st.floats(0.05, 0.4),
                decode_tag_thr=st.floats(0.3, 2),
                decode_topk=st.integers(1, 40),
                decode_center_shift=st.sampled_from([0.0, 0.5]),
                decode_max_instances=st.integers(1, 6),
            ),
            st.permutations(range(K)),
        ),
        people,
        tagged_maps,
        "batch_decode",
    ),
    "Hand3DHeatmap": Asked(
        st.builds(
            lambda kwargs: kwargs | {"depth_size": kwargs["heatmap_size"][2]},
            chosen(
                VOLUMES,
                heatmap3d_depth_bound=st.floats(100, 600),
                heatmap_size_root=st.integers(2, 64),
                root_heatmap_size=st.integers(2, 64),
                root_depth_bound=st.floats(100, 600),
                use_different_joint_weights=st.booleans(),
                sigma=sigmas,
                joint_indices=st.permutations(range(K)).map(lambda joints: joints[:3]),
                max_bound=st.sampled_from([1.0, 255]),
            ),
        ),
        hands,
        hand_volumes,
    ),
    "EDPoseLabel": Asked(
        st.fixed_dictionaries({"num_select": st.integers(1, 30), "num_keypoints": st.just(K)}),
        edpose,
        edpose_candidates,
    ),
    "YOLOXPoseAnnotationProcessor": Asked(
        st.just({})
        | st.fixed_dictionaries(
            {"expand_bbox": st.booleans(), "input_size": st.tuples(sides, sides)}
        ),
        boxes,
        nothing,
        None,
    ),
    "ImagePoseLifting": Asked(statistics(), picture_pose, lifted),
    "VideoPoseLifting": Asked(
        chosen(
            {"num_keypoints": st.just(K)},
            zero_center=st.booleans(),
            root_index=st.integers(0, K - 1) | st.just([1, 3]),
            reshape_keypoints=st.booleans(),
            concat_vis=st.booleans(),
            normalize_camera=st.booleans(),
        )
        | chosen(
            {"num_keypoints": st.just(K), "remove_root": st.just(True)},
            save_index=st.booleans(),
            concat_vis=st.booleans(),
        ),
        film_pose,
        lifted,
    ),
    "MotionBERTLabel": Asked(
        chosen(
            {"num_keypoints": st.just(K)},
            root_index=st.integers(0, K - 1),
            concat_vis=st.booleans(),
            rootrel=st.booleans(),
            mode=st.sampled_from(["train", "test"]),
        ),
        motion,
        moved,
    ),
}

NO_REFERENCE = {"SimCC3DLabel"}
"""Not in MMPose's package but among the projects of its repository: recorded answers alone."""
