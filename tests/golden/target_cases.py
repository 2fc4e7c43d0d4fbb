"""Calls of DeepLabCut's, SLEAP's and MMAction2's targets that are recorded, as in `stack_cases`."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.random import Generator
from stack_cases import Case


def animals(rng: Generator, counts: tuple[int, ...], size: tuple[float, float]) -> Any:
    """Keypoints inside and outside of a size, with DeepLabCut's visibilities."""
    points = rng.uniform(-0.2, 1.2, (*counts, 2)) * size
    visible = rng.choice([-1, 0, 1, 2], (*counts, 1), p=[0.1, 0.15, 0.6, 0.15])
    return np.concatenate([points, visible], axis=-1).astype(np.float32)


def deeplabcut_cases() -> Iterator[Case]:
    """Each generator with its options, strides, precisions, and labels of all kinds."""
    rng = np.random.default_rng(302)
    batch, people, count, height, width = 2, 3, 4, 13, 17
    counts = (batch, people, count)
    shape = [batch, 1, height, width]
    for stride in (8.0, 4, 2.5):
        call = {"stride": stride, "shape": shape}
        size = (width * stride, height * stride)
        points = animals(rng, counts, size)
        for name in ("HeatmapGaussianGenerator", "HeatmapPlateauGenerator"):
            distance = {"pos_dist_thresh": 17}
            for options, labels in (
                ({"num_heatmaps": count}, {"keypoints": points}),
                ({"num_heatmaps": count}, {"keypoints": np.round(points).astype(np.float64)}),
                ({"num_heatmaps": count, "gradient_masking": True}, {"keypoints": points[:, 0]}),
                ({"num_heatmaps": count + 1, "generate_locref": False}, {"keypoints": points}),
                (
                    {"num_heatmaps": people, "heatmap_mode": "INDIVIDUAL"},
                    {"keypoints": points, "individual_ids": np.array([[2, 0, -1], [1, 2, 0]])},
                ),
                ({"num_heatmaps": count}, {"keypoints": points[:, :0]}),
            ):
                yield name, {"options": {**distance, **options}, "labels": labels, **call}
        graph = [[0, 1], [1, 2], [3, 0], [2, 2], [1, 9], [-1, 0]]
        for keypoints in (points, np.round(points), points.astype(np.float64)):
            options = {"graph": graph, "width": 20.0}
            yield (
                "PartAffinityFieldGenerator",
                {"options": options, "labels": {"keypoints": keypoints}, **call},
            )
        for dtype in (np.float32, np.float64):
            labels = {
                "keypoints": animals(rng, (batch, people, count + 1), size).astype(dtype),
                "area": np.round(rng.uniform(1, 4, (batch, people))).astype(dtype) * 900,
            }
            options = {"num_joints": count, "pos_dist_thresh": 17}
            yield "DEKRGenerator", {"options": options, "labels": labels, **call}
    for options in (
        {},
        {"sigma": [4.9, 5.66], "normalize": False, "simcc_split_ratio": 1.5},
        {"smoothing_type": "standard"},
        {"smoothing_type": "standard", "label_smooth_weight": 0.1},
    ):
        labels = {"keypoints": animals(rng, counts, (96, 64))}
        yield (
            "SimCCGenerator",
            {
                "options": {"input_size": [96, 64], **options},
                "labels": labels,
                "stride": 8,
                "shape": shape,
            },
        )


def sleap_cases() -> Iterator[Case]:
    """Confidence maps and fields, with missing keypoints."""
    rng = np.random.default_rng(35)
    for (height, width), stride, sigma in (
        ((48, 64), 2, 2.5),
        ((33, 50), 4, 1.5),
        ((24, 31), 1, 5),
    ):
        instances = rng.uniform(-0.2, 1.2, (1, 4, 5, 2)) * [width, height]
        instances[rng.uniform(size=instances.shape[:3]) < 0.2] = np.nan
        instances = instances.astype(np.float32)
        options = {"img_hw": [height, width], "sigma": sigma, "output_stride": stride}
        yield "generate_confmaps", {"instance": instances, **options}
        yield "generate_confmaps", {"instance": instances[0], **options}
        multi: dict[str, Any]
        for multi in (
            {"instances": instances, "num_instances": 3},
            {"instances": instances.astype(np.float64), "num_instances": 4},
            {"instances": instances[:, :, 0], "num_instances": 4, "is_centroids": True},
            {"instances": instances, "num_instances": 0},
        ):
            yield "generate_multiconfmaps", {**multi, **options}
        edges = np.array([[0, 1], [1, 2], [3, -1], [2, 2]], np.float32)
        for flat in (False, True):
            fields = {"instances": instances, "edge_inds": edges, "flatten_channels": flat}
            yield "generate_pafs", {**fields, **options}


def mmaction_cases() -> Iterator[Case]:
    """Clips with float16 and float32 keypoints, scores, limbs and mirrored frames."""
    rng = np.random.default_rng(120)
    options: dict[str, Any]
    for options in (
        {},
        {"sigma": 1.5, "use_score": False},
        {"double": True, "scaling": 0.5},
        {"with_kp": False, "with_limb": True},
        {"with_kp": False, "with_limb": True, "double": True, "sigma": 1.0},
        {"with_limb": True, "double": True},
    ):
        for dtype, size in ((np.float16, (28, 32)), (np.float32, (21, 17))):
            points = rng.uniform(-0.1, 1.1, (2, 3, 17, 2)) * size[::-1]
            points[:, :, 3] = points[:, :, 1]  # a limb without a length
            results = {"keypoint": points.astype(dtype), "img_shape": list(size)}
            if "sigma" not in options or dtype is np.float32:
                scores = rng.choice([0, 1e-5, 0.3, 0.9, 1], (2, 3, 17))
                results["keypoint_score"] = scores.astype(dtype)
            yield "GeneratePoseTarget", {"options": options, "results": results}
