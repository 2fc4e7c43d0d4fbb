"""MMPose's own pipelines, heads and metrics, with its codecs and with ours: the same numbers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import posecodec_rs
import pytest
import torch
from comparison import assert_same
from golden_cases import DECODED, ENCODED, differences
from mmengine.dataset import Compose
from mmengine.structures import BaseDataElement
from mmpose.datasets.datasets.hand3d import interhand_3d_dataset
from mmpose.evaluation.functional import keypoint_eval
from mmpose.evaluation.metrics import hand_metric
from mmpose.models.heads import BaseHead
from mmpose.registry import MODELS, TRANSFORMS
from mmpose.structures import MultilevelPixelData
from mmpose.testing import get_coco_sample
from posecodec_rs.mmpose import install, uninstall
from specs import TOP_DOWN, Config, each, of_family
from specs.shared.inputs import SIZES, responses

pytestmark = pytest.mark.usefixtures("uninstalled")

Cfg = dict[str, Any]

INPUT = {"input_size": (192, 256)}
SMALL = INPUT | {"heatmap_size": (12, 16)}
MSRA: Cfg = {"type": "MSRAHeatmap", **SIZES, "sigma": 2.0}
UDP: Cfg = {"type": "UDPHeatmap", **SIZES}
COMBINED: Cfg = UDP | {"heatmap_type": "combined"}
SIMCC: Cfg = {"type": "SimCCLabel", **INPUT, "sigma": (4.9, 5.66), "normalize": False}
REGRESSION: Cfg = {"type": "RegressionLabel", **INPUT}
INTEGRAL: Cfg = {"type": "IntegralRegressionLabel", **SMALL, "sigma": 1.5}
MEGVII: Cfg = {"type": "MegviiHeatmap", **SIZES, "kernel_size": 11}
EMBEDDING: Cfg = {"type": "AssociativeEmbedding", **SIZES, "decode_keypoint_order": [*range(17)]}
LEVELS = [MEGVII | {"kernel_size": size} for size in (15, 11, 9, 7)]


def sample(rng: np.random.Generator, people: int = 1) -> dict[str, Any]:
    """What MMPose's pipelines hand over."""
    sample = dict(get_coco_sample(img_shape=(256, 192), num_instances=people))
    sample["keypoints"] = (rng.uniform(-0.1, 1.1, (people, 17, 2)) * (192, 256)).astype(np.float32)
    sample["keypoints_visible"] = rng.choice(np.float32([0, 1, 1, 2]), (people, 17))
    return sample


def plain(value: Any) -> Any:
    """MMPose's data elements and tensors as dicts and arrays."""
    if isinstance(value, torch.Tensor):
        return value.detach().numpy()
    if isinstance(value, MultilevelPixelData):
        return [plain(level) for level in value]
    if isinstance(value, BaseDataElement):
        return {name: plain(item) for name, item in sorted(value.items())}
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


@dataclass(frozen=True)
class Training:
    """An encoder or several, a head, and the shape of the features that it gets."""

    encoder: Cfg | list[Cfg]
    head: Cfg
    features: Any
    options: Cfg = field(default_factory=dict)
    train_cfg: Cfg = field(default_factory=dict)
    test_cfg: Cfg = field(default_factory=dict)
    extra_items: Cfg = field(default_factory=dict)
    """Items of a sample in addition to its targets, before it is packed."""

    def run(self) -> tuple[set[type], Any, Any]:
        """The codecs' classes; the packed items and their losses; the predictions."""
        generate = TRANSFORMS.build(
            {"type": "GenerateTarget", "encoder": self.encoder} | self.options
        )
        pack = TRANSFORMS.build({"type": "PackPoseInputs"})
        pipeline = Compose([generate, lambda results: results | self.extra_items, pack])
        rng = np.random.default_rng(7)
        packed = [pipeline(sample(rng))["data_samples"] for _ in range(3)]
        torch.manual_seed(7)
        head = MODELS.build(self.head)
        for parameter in head.parameters():  # maps below 0 are decoded otherwise on purpose
            parameter.data.abs_()
        features = self.make_features(self.features, rng)
        losses = head.loss(features, packed, train_cfg=self.train_cfg)
        given = [features, features] if self.test_cfg.get("flip_test") else features
        predicted = head.predict(given, packed, test_cfg=self.test_cfg)
        encoders = generate.encoder if isinstance(generate.encoder, list) else [generate.encoder]
        return (
            {type(codec) for codec in (*encoders, head.decoder)},
            plain([packed, losses]),
            plain(predicted),
        )

    def make_features(self, shapes: Any, rng: np.random.Generator) -> Any:
        """Three of each shape, of which there may be lists: a bump a channel."""
        if isinstance(shapes, list):
            return [self.make_features(shape, rng) for shape in shapes]
        return torch.from_numpy(responses(rng, (3, *shapes[:-2]), shapes[-2:]))


def heatmap_head(encoder: Cfg, channels: int = 17, **others: Any) -> Cfg:
    head = {"type": "HeatmapHead", "in_channels": 4, "out_channels": channels}
    return head | {"deconv_out_channels": None, "decoder": encoder} | others


def simcc_head(encoder: Cfg) -> Cfg:
    head = {"type": "SimCCHead", "in_channels": 4, "out_channels": 17, "decoder": encoder, **INPUT}
    return head | {"in_featuremap_size": (6, 8), "deconv_out_channels": None}


FLIP: Cfg = {"flip_test": True, "flip_mode": "heatmap", "shift_heatmap": True}
MAPS, CELLS, POOLED = [(4, 64, 48)], [(4, 8, 6)], [(4, 1, 1)]
TRAININGS = {
    "heatmap": Training(MSRA, heatmap_head(MSRA), MAPS),
    "heatmap, weights": Training(
        MSRA, heatmap_head(MSRA), MAPS, {"use_dataset_keypoint_weights": True}
    ),
    "heatmap, DARK, flip": Training(
        MSRA, heatmap_head(MSRA | {"unbiased": True}), MAPS, test_cfg=FLIP
    ),
    "heatmap, UDP": Training(UDP, heatmap_head(UDP), MAPS, test_cfg={"output_heatmaps": True}),
    "heatmap, UDP, combined": Training(
        COMBINED,
        heatmap_head(
            COMBINED, 51, loss={"type": "CombinedTargetMSELoss", "use_target_weight": True}
        ),
        MAPS,
        train_cfg={"compute_acc": False},
    ),
    "heatmap, Megvii": Training(MEGVII, heatmap_head(MEGVII), MAPS),
    "heatmaps of levels": Training(
        LEVELS,
        {
            "type": "MSPNHead",
            "num_stages": 1,
            "unit_channels": 4,
            "level_indices": [0, 1, 2, 3],
            "decoder": LEVELS[-1],
        },
        [[(4, 8, 6), (4, 16, 12), (4, 32, 24), (4, 64, 48)]],
        {"multilevel": True},
    ),
    "SimCC": Training(SIMCC, simcc_head(SIMCC), CELLS, test_cfg={"output_heatmaps": True}),
    "SimCC, visibility": Training(SIMCC, simcc_head(SIMCC | {"decode_visibility": True}), CELLS),
    "regression": Training(
        REGRESSION,
        {"type": "RegressionHead", "in_channels": 4, "num_joints": 17, "decoder": REGRESSION},
        POOLED,
    ),
    "regression, sigmas": Training(
        REGRESSION,
        {"type": "RLEHead", "in_channels": 4, "num_joints": 17, "decoder": REGRESSION},
        POOLED,
    ),
    "regression, heatmaps": Training(
        INTEGRAL,
        {
            "type": "DSNTHead",
            "in_channels": 4,
            "in_featuremap_size": (12, 16),
            "num_joints": 17,
            "deconv_out_channels": None,
            "decoder": INTEGRAL,
        },
        [(4, 16, 12)],
    ),
    "associative embedding": Training(
        EMBEDDING,
        {
            "type": "AssociativeEmbeddingHead",
            "in_channels": 4,
            "num_keypoints": 17,
            "deconv_out_channels": None,
            "decoder": EMBEDDING,
        },
        MAPS,
        # The mapping tables of the codec are empty.
        extra_items={
            "heatmap_mask": np.ones((64, 48), np.float32),
            "label_mapping_table": {
                name: name for name in ("keypoint_indices", "keypoint_weights")
            },
        },
    ),
}


@pytest.mark.parametrize("utils", [False, True])
@pytest.mark.parametrize("training", TRAININGS.values(), ids=TRAININGS)
def test_training(training: Training, utils: bool) -> None:
    theirs, want, predicted = training.run()
    install(utils=utils)
    ours, got, got_predicted = training.run()
    assert {codec.__name__ for codec in ours} == {codec.__name__ for codec in theirs}
    assert all(codec.__module__ == "posecodec_rs" for codec in ours)
    assert all(codec.__module__.startswith("mmpose") for codec in theirs)
    assert not list(differences(got, want, ENCODED))
    assert not list(differences(got_predicted, predicted, DECODED))
    uninstall()
    assert training.run()[0] == theirs


def test_metrics_with_our_helpers(rng: np.random.Generator) -> None:
    """What MMPose asks of its helpers elsewhere, in its own way."""
    maps, x, y = (responses(rng, (6, 17), sides) for sides in ((64, 48), (96,), (128,)))
    noisy = maps + rng.normal(0, 0.2, maps.shape).astype(np.float32)
    mask, hands = rng.random((6, 17)) < 0.9, rng.uniform(50, 250, (1, 42, 3)).astype(np.float32)
    numbers = np.float32([1145, 1143, 512, 515])

    def measure() -> Any:
        return [
            keypoint_eval.pose_pck_accuracy(noisy, maps, mask),
            keypoint_eval.simcc_pck_accuracy((x, y), (x[::-1].copy(), y[::-1].copy()), 2.0, mask),
            hand_metric.pixel_to_camera(hands, *numbers),
            hand_metric.pixel_to_camera(hands[:, 20], *numbers.tolist()),
            interhand_3d_dataset.camera_to_pixel(hands[0], *numbers, shift=True),
        ]

    want = measure()
    install(utils=True)
    assert hand_metric.pixel_to_camera is posecodec_rs.functional.pixel_to_camera
    assert not list(differences(measure(), want, ENCODED))


class Head(BaseHead):
    """What all heads of MMPose decode with."""

    def __init__(self, decoder: Any) -> None:
        super().__init__()
        self.decoder = decoder

    forward = predict = loss = BaseHead.decode


TENSORS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "float": torch.Tensor.float,
    "half": torch.Tensor.half,
    "bfloat16": torch.Tensor.bfloat16,
    "double": torch.Tensor.double,
    "requires_grad": torch.Tensor.requires_grad_,
    "not contiguous": lambda tensor: tensor.transpose(1, -1).contiguous().transpose(1, -1),
}


@each(of_family(*TOP_DOWN))
@pytest.mark.parametrize("convert", TENSORS.values(), ids=TENSORS)
def test_what_heads_unpack(
    config: Config, convert: Callable[[torch.Tensor], torch.Tensor], rng: np.random.Generator
) -> None:
    codec = config.make()
    outputs = tuple(convert(torch.from_numpy(array)) for array in config.encoded(rng, 3))
    decoded = Head(codec).decode(outputs)
    assert len(decoded) == 3
    for number, instances in enumerate(decoded):
        keypoints, scores = codec.decode(*(output[number] for output in outputs))
        want = {"keypoints": keypoints, "keypoint_scores": scores}
        if isinstance(scores, tuple):
            want |= {"keypoint_scores": scores[0], "keypoints_visible": scores[1]}
        assert_same(dict(sorted(instances.items())), dict(sorted(want.items())))


@pytest.mark.parametrize(
    ("encoder", "options"),
    [
        (MSRA, {}),
        (MSRA, {"use_dataset_keypoint_weights": True}),
        (REGRESSION, {"use_dataset_keypoint_weights": True}),
        (LEVELS, {"multilevel": True, "use_dataset_keypoint_weights": True}),
        ([MSRA, REGRESSION], {"use_dataset_keypoint_weights": True}),
        ([UDP, SIMCC], {}),
        ([INTEGRAL], {}),
        ([], {}),
    ],
    ids=str,
)
@pytest.mark.parametrize("weights", [True, False])
@pytest.mark.parametrize("transformed", [True, False])
def test_generate_target(
    encoder: Any, options: Cfg, weights: bool, transformed: bool, rng: np.random.Generator
) -> None:
    """The whole sample, keys in their order."""
    given = sample(rng)
    if weights:
        visible = given["keypoints_visible"]
        given["keypoints_visible"] = np.stack([visible, visible / 2], -1)
    if transformed:
        given["transformed_keypoints"] = given["keypoints"] / 2
    theirs = TRANSFORMS.build({"type": "GenerateTarget", "encoder": encoder, **options})
    ours = posecodec_rs.GenerateTarget(encoder, **options)
    assert repr(ours) == repr(theirs)
    want, got = theirs(dict(given)), ours(dict(given))
    assert list(got) == list(want)
    assert not list(differences(got, want, ENCODED))
