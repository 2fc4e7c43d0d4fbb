"""Flip tests and the transformation to the image: bit-identical to MMPose's.

MMPose averages torch tensors; this package's codecs decode the averages. Other tests compare the
decoding with MMPose's.
"""

from typing import Any

import numpy as np
import posecodec_rs
import pytest
import torch
from comparison import assert_same
from flips import as_argument, each_flipping, flipped_like, permutation
from mmengine.structures import InstanceData
from mmpose.models.pose_estimators import TopdownPoseEstimator
from mmpose.models.utils.tta import flip_heatmaps, flip_vectors
from mmpose.structures import PoseDataSample
from numpy.random import Generator
from specs import Config

DTYPES = (torch.float32, torch.float64, torch.float16)
each_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=str)


def mmpose_average(config: Config, tensors: Any, flipped: Any, indices: Any, shift: bool) -> Any:
    """The arrays that MMPose's heads pass to their decoder."""
    flipped = [tensor.clone() for tensor in flipped]
    if config.spec.family == "heatmap":
        mode = "udp_combined" if config.combined else "heatmap"
        mirrored = [flip_heatmaps(flipped[0], indices, mode, shift)]
    else:
        # Of one instance, as in the heads.
        mirrored = list(flip_vectors(*(tensor[:, 0] for tensor in flipped[:2]), indices))
        mirrored = [tensor[:, None] for tensor in mirrored]
        mirrored += [tensor[:, :, indices] for tensor in flipped[2:]]
    return [(own + other) * 0.5 for own, other in zip(tensors, mirrored, strict=True)]


@each_flipping
@each_dtype
@pytest.mark.parametrize("shift", [False, True])
def test_flip_and_average(config: Config, dtype: Any, shift: bool, rng: Generator) -> None:
    if shift and config.spec.family != "heatmap":
        return  # MMPose shifts no vectors
    codec = config.make()
    arrays = config.encoded(rng, 3)
    if config.spec.family != "heatmap":
        arrays = tuple(array[:, :1] for array in arrays)
    tensors = [torch.from_numpy(array).to(dtype) for array in arrays]
    indices = permutation(rng, config.count)
    flipped = [torch.from_numpy(a).to(dtype) for a in flipped_like(arrays, rng)]
    want = codec.batch_decode(*mmpose_average(config, tensors, flipped, indices, shift))
    options = {"flip_indices": indices, "shift": shift}
    got = codec.batch_decode(*tensors, flipped=as_argument(tuple(flipped)), **options)
    assert_same(got, want)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("columns", [2, 3])
def test_to_image(dtype: Any, columns: int, rng: Generator) -> None:
    for _ in range(50):
        input_size = tuple(int(side) for side in rng.integers(1, 600, 2))
        center, scale = rng.uniform(-300, 3000, (2, 2)).astype(rng.choice(["f4", "f8"]))
        keypoints = rng.uniform(-50, 650, (2, 17, columns)).astype(dtype)
        instances = InstanceData(keypoints=keypoints.copy(), keypoint_scores=np.ones((2, 17)))
        boxes = InstanceData(bboxes=np.ones((2, 4)), bbox_scores=np.ones(2))
        sample = PoseDataSample(gt_instances=boxes)
        metainfo = {"input_center": center, "input_scale": scale, "input_size": input_size}
        sample.set_metainfo(metainfo)
        estimator = TopdownPoseEstimator.__new__(TopdownPoseEstimator)
        torch.nn.Module.__init__(estimator)
        estimator.test_cfg = {}
        want = estimator.add_pred_to_datasample([instances], None, [sample])[0].pred_instances
        got = posecodec_rs.to_image(keypoints, center, scale, input_size)
        assert got.dtype == want.keypoints.dtype
        np.testing.assert_array_equal(got, want.keypoints)
