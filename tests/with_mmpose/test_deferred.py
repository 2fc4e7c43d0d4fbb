"""MMPose's heads have the same losses, bit for bit, if targets are encoded after the loader."""

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import pytest
import torch
from comparison import assert_same
from mmengine.config import Config as MMConfig
from mmengine.dataset import Compose, pseudo_collate
from mmengine.registry import FUNCTIONS
from mmpose.datasets import transforms
from mmpose.models.data_preprocessors import PoseDataPreprocessor
from mmpose.registry import KEYPOINT_CODECS, MODELS, TRANSFORMS
from mmpose_crops import Crops, image_sample
from posecodec_rs import InvalidInputError
from posecodec_rs.mmpose import encode_data_samples, install, uninstall
from posecodec_rs.torch import _encode, _loader
from specs import seeded
from specs.shared.inputs import responses
from torch.utils.data import DataLoader
from with_mmpose.test_pipeline import (
    COMBINED,
    INTEGRAL,
    LEVELS,
    MEGVII,
    MSRA,
    REGRESSION,
    SIMCC,
    TRAININGS,
    UDP,
    Cfg,
    heatmap_head,
    plain,
)

pytestmark = pytest.mark.usefixtures("uninstalled")

BOTTOM_UP = {"input_size": (192, 256), "heatmap_size": (48, 64)}
SPR: Cfg = {"type": "SPR", **BOTTOM_UP, "sigma": (4, 2), "minimal_diagonal_length": 32**0.5}
DECOUPLED: Cfg = {"type": "DecoupledHeatmap", **BOTTOM_UP}
EMBEDDING: Cfg = {"type": "AssociativeEmbedding", **BOTTOM_UP}
NORMALIZED = {"mean": [123.675, 116.28, 103.53], "std": [58.395, 57.12, 57.375], "bgr_to_rgb": True}


def packed(encoder: Any, defer: bool, people: Any = (1, 1, 1), **options: Any) -> Cfg:
    """A batch of a loader: images and samples."""
    generate = {"type": "GenerateTarget", "encoder": encoder, **options}
    steps = [generate | ({"defer": True} if defer else {})]
    bottom_up = isinstance(encoder, dict) and encoder in (SPR, DECOUPLED, EMBEDDING)
    steps += [{"type": "BottomupGetHeatmapMask"}] if bottom_up else []
    pipeline = Compose([*map(TRANSFORMS.build, steps), transforms.PackPoseInputs()])
    samples = [image_sample(number, count) for number, count in enumerate(people)]
    with seeded():
        return pseudo_collate([pipeline(sample) for sample in samples])


def preprocessed(batch: Cfg, defer: bool, **options: Any) -> Cfg:
    """The batch as a network gets it."""
    kind = "EncodingDataPreprocessor" if defer else "PoseDataPreprocessor"
    with seeded():
        return MODELS.build({"type": kind, **NORMALIZED, **options})(batch, training=True)


CASES: dict[str, tuple[Any, Cfg]] = {
    "MSRA": (MSRA, {}),
    "MSRA, weights": (MSRA, {"use_dataset_keypoint_weights": True}),
    "UDP": (UDP, {}),
    "UDP, combined": (COMBINED, {}),
    "Megvii": (MEGVII, {}),
    "levels": (LEVELS, {"multilevel": True}),
    "SimCC": (SIMCC, {}),
    "regression": (REGRESSION, {"use_dataset_keypoint_weights": True}),
    "integral regression": (INTEGRAL, {}),
    # MMPose cannot pack more than one array of weights next to other labels.
    "maps and coordinates": ([SPR, REGRESSION], {}),
    "one of a list": ([UDP], {}),
    "SPR": (SPR, {"people": (1, 3, 2)}),
    "decoupled": (DECOUPLED, {"people": (1, 3, 2)}),
    "associative embedding": (EMBEDDING, {"people": (1, 3, 2)}),
}
each_case = pytest.mark.parametrize(("encoder", "options"), CASES.values(), ids=CASES)


@pytest.mark.parametrize("on_device", [False, True])
@each_case
def test_samples_and_images(
    encoder: Any, options: Cfg, on_device: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that MMPose packs, in `gt_fields`, `gt_instance_labels` and `gt_instances`."""
    install(defer=True)
    if on_device:  # as a GPU encodes, on the CPU

        def encode_like_a_device(codec: Any, points: Any, visible: Any, *where: Any) -> Any:
            arguments = {"keypoints": points, "keypoints_visible": visible}
            return _encode.encode(codec, arguments, *where, None)

        monkeypatch.setattr(_loader, "_encode", encode_like_a_device)
    want = preprocessed(packed(encoder, False, **options), False)
    batch = packed(encoder, True, **options)
    for sample in batch["data_samples"]:
        assert "heatmaps" not in sample.get("gt_fields", ())
    assert_same_batch(preprocessed(batch, True), want)


def assert_same_batch(got: Cfg, want: Cfg) -> None:
    assert torch.equal(got["inputs"], want["inputs"])
    for one, other in zip(got["data_samples"], want["data_samples"], strict=True):
        assert_same(plain(one), plain(other))
        assert one.metainfo.keys() == other.metainfo.keys()


@pytest.mark.parametrize("encoder", [UDP, SPR, DECOUPLED], ids=str)
def test_codecs_of_mmpose(encoder: Cfg, monkeypatch: pytest.MonkeyPatch) -> None:
    """A class that `install` leaves alone is encoded sample by sample."""
    install(defer=True)
    name = encoder["type"]
    path = {"UDPHeatmap": "udp_heatmap", "SPR": "spr", "DecoupledHeatmap": "decoupled_heatmap"}
    module = import_module(f"mmpose.codecs.{path[name]}")
    monkeypatch.setitem(KEYPOINT_CODECS.module_dict, name, getattr(module, name))
    want = preprocessed(packed(encoder, False), False)
    assert_same_batch(preprocessed(packed(encoder, True), True), want)


@pytest.mark.parametrize("name", TRAININGS)
def test_losses(name: str) -> None:
    """The heads of `test_pipeline`, on batches of crops."""
    install(defer=True)
    training = TRAININGS[name]
    if training.extra_items:
        pytest.skip("its step changes the mapping tables after GenerateTarget")
    losses = []
    for defer in (False, True):
        batch = preprocessed(packed(training.encoder, defer, **training.options), defer)
        torch.manual_seed(7)
        head = MODELS.build(training.head)
        features = training.make_features(training.features, np.random.default_rng(7))
        losses.append(plain(head.loss(features, batch["data_samples"], training.train_cfg)))
    assert losses[0]
    assert_same(losses[1], losses[0])


def dekr_loss(samples: Any) -> Any:
    """DEKR's losses. Its layers are deformable convolutions, so that predictions are given."""
    losses = {"heatmap_loss": {"type": "KeypointMSELoss", "use_target_weight": True}}
    losses["displacement_loss"] = {
        "type": "SoftWeightSmoothL1Loss",
        "use_target_weight": True,
        "supervise_empty": False,
        "beta": 1 / 9,
    }
    head = MODELS.build(
        {"type": "DEKRHead", "in_channels": 4, "num_keypoints": 17, "decoder": SPR, **losses}
    )
    rng = np.random.default_rng(7)
    maps = [torch.from_numpy(responses(rng, (3, count), (64, 48))) for count in (18, 34)]
    head.forward = lambda features: features
    return head.loss(maps, samples)


def cid_loss(samples: Any) -> Any:
    focal = {"type": "FocalHeatmapLoss"}
    torch.manual_seed(7)
    head = MODELS.build(
        {
            "type": "CIDHead",
            "in_channels": 4,
            "num_keypoints": 17,
            "gfd_channels": 4,
            "coupled_heatmap_loss": focal,
            "decoupled_heatmap_loss": focal,
            "contrastive_loss": {"type": "InfoNCELoss", "temperature": 0.05},
            "decoder": DECOUPLED,
        }
    )
    rng = np.random.default_rng(7)
    return head.loss([torch.from_numpy(responses(rng, (3, 4), (64, 48)))], samples)


@pytest.mark.parametrize(
    ("encoder", "loss"), [(SPR, dekr_loss), (DECOUPLED, cid_loss)], ids=["DEKR", "CID"]
)
def test_losses_of_bottom_up_heads(encoder: Cfg, loss: Callable[[Any], Any]) -> None:
    install(defer=True)
    losses = []
    for defer in (False, True):
        batch = preprocessed(packed(encoder, defer, (1, 3, 2)), defer)
        losses.append(plain(loss(batch["data_samples"])))
    assert losses[0]
    assert_same(losses[1], losses[0])


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize(
    "method",
    [None, "fork", pytest.param("spawn", marks=pytest.mark.slow)],  # the worker imports MMPose
)
def test_losses_behind_a_loader(method: str | None) -> None:
    """With images stacked in the worker."""
    install(defer=True)
    stack = FUNCTIONS.get("stack_images")
    features = TRAININGS["heatmap, UDP"].make_features([(4, 64, 48)], np.random.default_rng(7))
    torch.manual_seed(7)
    head = MODELS.build(heatmap_head(UDP))

    def losses(defer: bool, **options: Any) -> Any:
        found = []
        for batch in DataLoader(Crops(UDP, defer), 3, **options):
            assert isinstance(batch["inputs"], torch.Tensor) is defer
            data = preprocessed(batch, defer)
            found.append(plain([data["inputs"], head.loss(features, data["data_samples"])]))
        return found

    workers: Cfg = {}
    if method is not None:
        workers = {"num_workers": 1, "multiprocessing_context": method, "timeout": 300}
    want = losses(False, collate_fn=pseudo_collate)
    assert len(want) == 2
    assert_same(losses(True, collate_fn=stack, **workers), want)


def test_a_config_installs_it() -> None:
    sys.modules.pop("posecodec_rs.mmpose.deferred", None)
    line = "custom_imports = dict(imports=['posecodec_rs.mmpose.deferred'])"
    MMConfig.fromstring(line, ".py")
    step = TRANSFORMS.build({"type": "GenerateTarget", "encoder": UDP, "defer": True})
    assert repr(step).endswith("use_dataset_keypoint_weights=False, defer=True)")
    assert isinstance(step, transforms.GenerateTarget)
    assert issubclass(MODELS.get("EncodingDataPreprocessor"), PoseDataPreprocessor)
    assert FUNCTIONS.get("stack_images") is not None
    uninstall()
    assert TRANSFORMS.get("GenerateTarget") is transforms.GenerateTarget
    assert MODELS.get("EncodingDataPreprocessor") is None
    assert FUNCTIONS.get("stack_images") is None


def test_images_of_different_shapes_stay_a_list() -> None:
    install(defer=True)
    images = [torch.zeros(3, side, 4) for side in (4, 4, 5)]
    batches = [[{"inputs": image} for image in part] for part in (images[:2], images)]
    stack = FUNCTIONS.get("stack_images")
    assert stack(batches[0])["inputs"].shape == (2, 3, 4, 4)
    assert stack(batches[1])["inputs"] == images


def test_a_preprocessor_of_ones_own() -> None:
    install(defer=True)
    want = preprocessed(packed(UDP, False), False)
    batch = packed(UDP, True)
    encode_data_samples(batch["data_samples"], "cpu")
    encode_data_samples(batch["data_samples"])  # of nothing
    assert_same_batch(preprocessed(batch, False), want)
    encode_data_samples([])


def test_other_preprocessors_are_refused() -> None:
    install(defer=True)
    with pytest.raises(InvalidInputError, match="EncodingDataPreprocessor"):
        preprocessed(packed(UDP, True), False)


def test_lifting_is_refused() -> None:
    install(defer=True)
    lifting = {"type": "ImagePoseLifting", "num_keypoints": 17, "root_index": 0}
    step = TRANSFORMS.build({"type": "GenerateTarget", "encoder": lifting, "defer": True})
    sample = image_sample(0, 1) | {"lifting_target": np.zeros((1, 17, 3), np.float32)}
    del sample["img"]
    with pytest.raises(InvalidInputError, match=r"`defer` must be false .*ImagePoseLifting"):
        step(sample)
