"""MMPose's heads decode tensors of a device there, bit-identical to tensors on the CPU."""

from typing import Any

import numpy as np
import pytest
import torch
from comparison import assert_same
from devices import DEVICES, to
from mmengine.structures import InstanceData
from mmpose.registry import MODELS
from mmpose.structures import PoseDataSample
from posecodec_rs.mmpose import install
from posecodec_rs.torch import _decode
from specs.shared.inputs import crowd_responses, responses
from with_mmpose.test_pipeline import (
    CELLS,
    COMBINED,
    FLIP,
    MAPS,
    MEGVII,
    MSRA,
    SIMCC,
    SIZES,
    UDP,
    Cfg,
    heatmap_head,
    plain,
    simcc_head,
)

pytestmark = pytest.mark.usefixtures("uninstalled")

SPR: Cfg = {"type": "SPR", **SIZES, "sigma": (4, 2), "generate_keypoint_heatmaps": True}
HEADS: dict[str, tuple[Cfg, Any, Cfg]] = {
    "MSRA": (heatmap_head(MSRA), MAPS, {}),
    "MSRA, flip": (heatmap_head(MSRA), MAPS, FLIP),
    "DARK, flip": (heatmap_head(MSRA | {"unbiased": True}), MAPS, FLIP),
    "UDP": (heatmap_head(UDP), MAPS, {"output_heatmaps": True}),
    "UDP, flip": (heatmap_head(UDP), MAPS, FLIP | {"shift_heatmap": False}),
    "UDP, combined": (
        heatmap_head(COMBINED, 51, loss={"type": "CombinedTargetMSELoss"}),
        MAPS,
        FLIP | {"flip_mode": "udp_combined", "shift_heatmap": False},
    ),
    "Megvii": (heatmap_head(MEGVII), MAPS, FLIP),
    "SimCC": (simcc_head(SIMCC), CELLS, {}),
    "SimCC, flip": (simcc_head(SIMCC), CELLS, {"flip_test": True}),
    "SimCC, DARK, flip": (simcc_head(SIMCC | {"use_dark": True}), CELLS, {"flip_test": True}),
    "SimCC, visibility": (simcc_head(SIMCC | {"decode_visibility": True}), CELLS, {}),
}
ROUTES = pytest.mark.parametrize("device", DEVICES)


def samples(count: int) -> list[Any]:
    """Images of COCO's keypoints."""
    flip_indices = [0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15]
    metainfo = {"flip_indices": flip_indices, "input_size": (192, 256)}
    sample = PoseDataSample(metainfo=metainfo, gt_instances=InstanceData())
    return [sample] * count


@ROUTES
@pytest.mark.parametrize("name", HEADS)
def test_heads(name: str, device: str, monkeypatch: pytest.MonkeyPatch) -> None:
    install()
    calls = recorded(monkeypatch, "decode_natively")
    config, shapes, test_cfg = HEADS[name]
    torch.manual_seed(7)
    head = MODELS.build(config).eval()
    for parameter in head.parameters():
        parameter.data.abs_()
    rng = np.random.default_rng(7)
    own, mirrored = (
        [torch.from_numpy(responses(rng, (3, shape[0]), shape[1:])) for shape in shapes]
        for _ in range(2)
    )

    def predicted(at: Any) -> Any:
        features = [[at(each) for each in maps] for maps in (own, mirrored)]
        given = features if test_cfg.get("flip_test") else features[0]
        with torch.no_grad():
            return head.predict(given, samples(3), test_cfg=test_cfg)

    if device == DEVICES[0]:
        want = plain(predicted(lambda tensor: tensor))
        assert not calls
        assert_same(plain(predicted(lambda tensor: to(device, tensor))), want)
    else:
        head = head.to(device)  # whose maps differ in rounding
        outputs = recorded(monkeypatch, "decode")
        got = plain(predicted(lambda tensor: to(device, tensor)))
        ((codec, *maps), _) = outputs[0]
        keypoints, scores = codec.batch_decode(*(each.cpu() for each in maps))[:2]
        assert_same([each["keypoints"] for each in got], list(keypoints))
        assert_same([each["keypoint_scores"] for each in got], list(scores))
    assert len(calls) == 1
    assert isinstance(calls[0][0][0], type(head.decoder))


def recorded(monkeypatch: pytest.MonkeyPatch, name: str) -> list[Any]:
    """The calls of a function that decodes on the device."""
    calls: list[Any] = []
    function = getattr(_decode, name)

    def call(*args: Any, **kwargs: Any) -> Any:
        calls.append((args, kwargs))
        return function(*args, **kwargs)

    monkeypatch.setattr(_decode, name, call)
    return calls


@ROUTES
@pytest.mark.parametrize("rescores", [False, True])
def test_dekr(rescores: bool, device: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """DEKR's head, without its layers, which are deformable convolutions: with given maps."""
    install()
    calls = recorded(monkeypatch, "decode_image_of_people")
    config: Cfg = {"type": "DEKRHead", "in_channels": 4, "num_keypoints": 17, "decoder": SPR}
    if rescores:
        config |= {"rescore_cfg": {"in_channels": 74, "norm_indexes": (5, 6)}}
    torch.manual_seed(7)
    head = MODELS.build(config).eval()
    head.forward = lambda features: features
    rng = np.random.default_rng(7)
    own, mirrored = (
        [
            torch.from_numpy(crowd_responses(rng, (1, 18), (64, 48))),
            torch.from_numpy(rng.normal(0, 5, (1, 34, 64, 48)).astype(np.float32)),
        ]
        for _ in range(2)
    )
    links = [(0, 1), (1, 3), (0, 2), (2, 4), (0, 5), (0, 6), (5, 7), (7, 9), (6, 8), (8, 10)]
    links += [(5, 11), (6, 12), (11, 12), (11, 13), (13, 15), (12, 14), (14, 16), (5, 6), (1, 2)]
    (sample,) = samples(1)
    sample.set_metainfo({"skeleton_links": links})
    test_cfg = {"nms_dist_thr": 0.5, "flip_test": True}

    def predicted(at: Any) -> Any:
        features = [[at(each.clone()) for each in maps] for maps in (own, mirrored)]
        with torch.no_grad():
            return plain(head.predict(features, [sample], test_cfg=test_cfg))

    want = predicted(lambda tensor: tensor)
    assert not calls
    head = head if device == DEVICES[0] else head.to(device)
    got = predicted(lambda tensor: to(device, tensor))
    assert len(calls) == 1
    assert len(got[0]["keypoints"]) > 1
    if device == DEVICES[0] or not rescores:  # the scores of its network differ in rounding
        assert_same(got, want)
