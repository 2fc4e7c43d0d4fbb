"""What the stubs promise: mypy and basedpyright check it, and the calls keep it when they run."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from posecodec_rs import (
    SPR,
    AssociativeEmbedding,
    BaseKeypointCodec,
    DecoupledHeatmap,
    EDPoseLabel,
    MSRAHeatmap,
    SimCC3DLabel,
    SimCCLabel,
    UDPHeatmap,
    YOLOXPoseAnnotationProcessor,
    build,
    to_image,
)
from posecodec_rs.types import (
    AssociativeEmbeddingTargets,
    EDPoseTargets,
    HeatmapTargets,
    ListedAssociativeEmbeddingTargets,
    ListedEDPoseTargets,
    ListedYOLOXPoseTargets,
    SimCCTargets,
    YOLOXPoseTargets,
)
from typing_extensions import assert_type

Single = npt.NDArray[np.float32]
Double = npt.NDArray[np.float64]
Half = npt.NDArray[np.float16]
Scores = npt.NDArray[np.floating[Any]]

POINTS: Single = np.ones((1, 3, 2), np.float32)
MAPS: Single = np.ones((3, 16, 12), np.float32)
X: Single = np.ones((1, 3, 96), np.float32)
Y: Single = np.ones((1, 3, 128), np.float32)


def test_heatmaps() -> None:
    msra = MSRAHeatmap((48, 64), (12, 16), sigma=2)
    assert_type(msra.encode(POINTS), HeatmapTargets)
    assert_type(msra.encode(POINTS)["heatmaps"], Single)
    points, scores = msra.decode(MAPS.astype(np.float16))
    assert_type(points, Single)
    assert_type(scores, Half)
    assert points.dtype == np.float32
    assert scores.dtype == np.float16

    udp = UDPHeatmap([48, 64], np.array([12, 16]), heatmap_type="gaussian")
    batch = udp.batch_decode(MAPS[None], flipped=MAPS[None], flip_indices=[1, 0, 2], shift=True)
    assert_type(batch, tuple[Double, Single])
    assert [array.dtype.name for array in batch] == ["float64", "float32"]
    assert_type(udp.decode([[[0.0, 1.0], [0.5, 0.0]]]), tuple[Double, Scores])
    assert_type(udp.scale_factor, Single)
    wide = udp.decode(MAPS.astype(np.float64))
    assert_type(wide, tuple[Double, Double])
    assert wide[1].dtype == np.float64


def test_vectors() -> None:
    codec = SimCCLabel((48, 64))
    assert_type(codec.encode(POINTS), SimCCTargets)
    points, scores = codec.decode(X, Y)
    assert_type(points, Single)
    assert_type(scores, Scores)
    assert scores.shape == (1, 3)

    seen = SimCCLabel((48, 64), decode_visibility=True)
    _, (scores, visible) = seen.batch_decode(X, Y, flipped=(X, Y), flip_indices=(0, 1, 2))
    assert_type(scores, Scores)
    assert_type(visible, Double)
    assert visible.dtype == np.float64

    flag = bool(np.ones(1)[0])
    either = SimCCLabel((48, 64), decode_visibility=flag).decode(X, Y)[1]
    assert_type(either, Scores | tuple[Scores, Double])
    assert isinstance(either, tuple)

    z = np.ones((1, 3, 32), np.float32)
    in_space = SimCC3DLabel((48, 64, 16)).decode(X, Y, z)
    assert_type(in_space, tuple[Single, Single, Scores])


def test_people() -> None:
    spr = SPR((64, 64), (16, 16))
    keypoints, (scores, of_keypoints) = spr.decode(
        np.ones((1, 16, 16), np.float32), np.ones((6, 16, 16), np.float32)
    )
    assert_type(keypoints, Scores)
    assert_type(scores, Scores)
    assert_type(of_keypoints, Scores | None)
    assert of_keypoints is None
    batch = spr.batch_decode(
        np.ones((2, 1, 16, 16), np.float32), np.ones((2, 6, 16, 16), np.float32)
    )
    assert_type(batch, tuple[list[Scores], list[tuple[Scores, Scores | None]]])

    codec = AssociativeEmbedding((64, 64), (16, 16))
    assert_type(codec.batch_encode(POINTS[None]), AssociativeEmbeddingTargets)
    listed = codec.batch_encode([POINTS, POINTS])
    assert_type(listed, ListedAssociativeEmbeddingTargets)
    assert isinstance(listed["keypoint_indices"], list)

    decoupled = DecoupledHeatmap((64, 64), (16, 16))
    maps, of_people = np.ones((1, 3, 16, 16), np.float32), np.ones((1, 1), np.float32)
    together = decoupled.batch_decode(maps[None], of_people[None])
    assert_type(together, tuple[Single, Scores])
    apart = decoupled.batch_decode([maps], [of_people])
    assert_type(apart, tuple[list[Single], list[Scores]])
    assert [type(part) for part in (*together, *apart)] == [np.ndarray, np.ndarray, list, list]


def test_boxes() -> None:
    ed_pose = EDPoseLabel(10, 3)
    sizes = np.ones((1, 2), np.int64)
    assert_type(ed_pose.batch_encode(sizes, POINTS[None]), EDPoseTargets)
    listed = ed_pose.batch_encode(sizes, [POINTS])
    assert_type(listed, ListedEDPoseTargets)
    assert all(isinstance(items, list) for items in listed.values())

    boxes: Double = np.ones((1, 4))
    yolo = YOLOXPoseAnnotationProcessor(expand_bbox=True, input_size=(64, 64))
    assert_type(yolo.batch_encode(POINTS[None], bbox=boxes[None]), YOLOXPoseTargets)
    several = yolo.batch_encode([POINTS], bbox=[boxes])
    assert_type(several, ListedYOLOXPoseTargets)
    assert isinstance(several.get("bbox"), list)


def test_what_surrounds_codecs() -> None:
    assert_type(build({"type": "SimCC", "input_size": (48, 64)}), BaseKeypointCodec)
    points = to_image(POINTS, (10, 20), np.ones(2), (48, 64))
    assert_type(points, Scores)
    assert points.dtype == np.float32


if TYPE_CHECKING:

    class Tensor:
        """What codecs ask of a tensor."""

        def detach(self) -> Any: ...
        def cpu(self) -> Any: ...
        def numpy(self) -> Any: ...

    def tensors(spr: SPR, msra: MSRAHeatmap, of_any: SimCCLabel, tensor: Tensor) -> None:
        assert_type(spr.decode(tensor, tensor), tuple[Tensor, tuple[Tensor, Tensor | None]])
        batch = spr.batch_decode(tensor, tensor)
        assert_type(batch, tuple[list[Tensor], list[tuple[Tensor, Tensor | None]]])
        assert_type(msra.decode(tensor), tuple[Single, Scores])
        either = of_any.decode(tensor, tensor)[1]
        assert_type(either, Scores | tuple[Scores, Double])

    def wrong(tensor: Tensor) -> None:
        """What they must not let pass: an ignored error that is none is an error."""
        UDPHeatmap((48, 64), (12, 16), heatmap_type="both")  # type: ignore[arg-type]
        SimCCLabel((48, 64), smoothing_type="round")  # type: ignore[call-overload]
        MSRAHeatmap((48, 64), (12, 16))  # type: ignore[call-arg]
        MSRAHeatmap((48, 64), (12, 16), 2).encode(POINTS, out={})  # type: ignore[arg-type]
        SimCCLabel((48, 64)).batch_decode(X, Y, flipped=tensor)  # type: ignore[arg-type]
