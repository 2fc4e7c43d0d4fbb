"""`posecodec_rs.transformers`: results are those of transformers, and `uninstall` restores it."""

import copy
import logging
from types import SimpleNamespace
from typing import Any

import live
import numpy as np
import pytest
import torch
import transformers
from hypothesis import given, settings
from hypothesis import strategies as st
from posecodec_rs import InvalidInputError
from posecodec_rs.mmpose0 import post_dark_udp
from posecodec_rs.transformers import install, uninstall
from transformers.models.sapiens2 import image_processing_sapiens2 as sapiens2
from transformers.models.vitpose import image_processing_pil_vitpose as pil_vitpose
from transformers.models.vitpose import image_processing_vitpose as vitpose

MODULES = (vitpose, pil_vitpose, sapiens2)
FUNCTIONS = (
    "get_keypoint_predictions",
    "post_dark_unbiased_data_processing",
    "generate_udp_gaussian_heatmaps",
)
SEEDS = st.integers(0, 2**32 - 1)
SIDES = st.tuples(st.integers(16, 40), st.integers(16, 40))
WIDE_SIDES = st.tuples(st.integers(32, 64), st.integers(32, 64))
"""Of heatmaps whose pixels are small enough for float32 to hold 1e-4 pixels of the image."""


def state() -> list[Any]:
    """The functions of the processors' modules."""
    return [getattr(module, name, None) for module in MODULES for name in FUNCTIONS]


restored = live.untouched(state, uninstall)


def people(rng: np.random.Generator, shape: tuple[int, ...]) -> torch.Tensor:
    """Maps with one peak each, also near the border."""
    *lead, height, width = shape
    y, x = np.mgrid[:height, :width]
    center = rng.uniform(-0.4, [width - 0.6, height - 0.6], (*lead, 2))[..., None, None]
    sigma, peak = rng.uniform(1.2, 3, lead), rng.uniform(0.3, 1, lead)
    squares = (x - center[..., 0, :, :]) ** 2 + (y - center[..., 1, :, :]) ** 2
    maps = peak[..., None, None] * np.exp(-squares / (2 * sigma[..., None, None] ** 2))
    return torch.from_numpy((maps + rng.uniform(0, 0.005, shape)).astype(np.float32))


def both(call: Any) -> tuple[Any, Any]:
    """What a call returns with transformers' functions and with ours."""
    theirs = call()
    install()
    try:
        return theirs, call()
    finally:
        uninstall()


def assert_same_people(theirs: Any, ours: Any, heatmap_px: float = 1.0) -> None:
    """Compare lists of poses per image: keypoints to 1e-4 pixels of the image, or of a heatmap."""
    assert [len(image) for image in theirs] == [len(image) for image in ours]
    for image, others in zip(theirs, ours, strict=True):
        for person, other in zip(image, others, strict=True):
            assert person.keys() == other.keys()
            for key, value in person.items():
                assert value.dtype == other[key].dtype
                atol = 1e-4 * heatmap_px if key == "keypoints" else 1e-6
                torch.testing.assert_close(other[key], value, rtol=0, atol=atol)


@pytest.mark.parametrize("module", [vitpose, pil_vitpose])
@settings(deadline=None, max_examples=40)
@given(seed=SEEDS, sides=WIDE_SIDES, kernel=st.sampled_from([3, 4, 7, 11]), crowded=st.booleans())
def test_vitpose(module: Any, seed: int, sides: Any, kernel: int, crowded: bool) -> None:
    rng = np.random.default_rng(seed)
    maps = people(rng, (3, 5, *sides))
    boxes = rng.uniform(20, 200, (1, 3, 4)) if crowded else rng.uniform(20, 200, (3, 1, 4))
    name = "VitPoseImageProcessorPil" if module is pil_vitpose else "VitPoseImageProcessor"
    processor = getattr(module, name)()
    outputs = SimpleNamespace(heatmaps=maps)
    kept = maps.clone()
    theirs, ours = both(
        lambda: processor.post_process_pose_estimation(
            outputs, boxes=copy.deepcopy(boxes), kernel_size=kernel, threshold=0.3
        )
    )
    assert_same_people(theirs, ours)
    assert torch.equal(maps, kept)


@settings(deadline=None, max_examples=40)
@given(SEEDS, SIDES, st.sampled_from([5, 11, 17]), st.booleans(), st.booleans())
def test_sapiens2(seed: int, sides: Any, kernel: int, flipped: bool, half: bool) -> None:
    rng = np.random.default_rng(seed)
    kernel = min(kernel, 2 * (min(sides) // 4) + 1)
    outputs = SimpleNamespace(heatmaps=people(rng, (3, 5, *sides)))
    if half:
        outputs.heatmaps = outputs.heatmaps.bfloat16()
    mirrored = SimpleNamespace(heatmaps=outputs.heatmaps * 0.9) if flipped else None
    boxes = [rng.uniform(20, 200, (2, 4)).tolist(), rng.uniform(20, 200, (1, 4)).tolist()]
    # Their sums in float32 are up to 2e-5 heatmap pixels off those in double precision.
    crop = 200 * 1.25 * 4 / 3  # at most
    processor = sapiens2.Sapiens2ImageProcessor()
    theirs, ours = both(
        lambda: processor.post_process_pose_estimation(
            outputs, boxes=boxes, outputs_flipped=mirrored, kernel_size=kernel
        )
    )
    assert_same_people(theirs, ours, crop / (min(sides) - 1))


@settings(deadline=None, max_examples=40)
@given(SEEDS, SIDES, st.sampled_from([5, 11, 17]))
def test_sapiens2_in_double_precision(seed: int, sides: Any, kernel: int) -> None:
    """Closer than to transformers itself in single precision."""
    kernel = min(kernel, 2 * (min(sides) // 4) + 1)
    maps = people(np.random.default_rng(seed), (3, 5, *sides))
    pixels, _ = sapiens2.get_keypoint_predictions(maps)
    refine = sapiens2.post_dark_unbiased_data_processing
    want = refine(pixels.double(), maps.double(), kernel).numpy()
    install()
    got = sapiens2.post_dark_unbiased_data_processing(pixels, maps, kernel).numpy()
    np.testing.assert_allclose(got, want, rtol=0, atol=2e-5)


@settings(deadline=None, max_examples=40)
@given(SEEDS, st.sampled_from([2, 3]), st.sampled_from([1.0, 2.0, 6.0]))
def test_sapiens2_targets(seed: int, columns: int, sigma: float) -> None:
    rng = np.random.default_rng(seed)
    points = rng.uniform(-50, 350, (3, 7, 3))
    points[..., 2] = rng.integers(0, 3, (3, 7))
    boxes = [rng.uniform(20, 200, (2, 4)).tolist(), rng.uniform(20, 200, (1, 4)).tolist()]
    points = points[..., :columns]
    keypoints = [points[:2].tolist(), [[]] if seed % 5 == 0 else points[2:].tolist()]
    theirs, ours = both(
        lambda: sapiens2.generate_udp_gaussian_heatmaps(boxes, keypoints, (96, 72), 4, sigma)
    )
    for some, others in zip(theirs, ours, strict=True):
        for one, other in zip(some, others, strict=True):
            torch.testing.assert_close(other, one, rtol=0, atol=2e-5)


def test_both_blurs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "posecodec_rs")
    install()
    assert "image_processing_sapiens2.generate_udp_gaussian_heatmaps" in caplog.text
    scipy = state()
    install()
    assert state() == scipy
    assert len(caplog.records) == 1
    install(vitpose_blur="opencv")
    assert vitpose.post_dark_unbiased_data_processing is post_dark_udp
    install()
    assert state() == scipy


def test_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInputError, match=r"^`vitpose_blur` "):
        install(vitpose_blur="cv2")  # type: ignore[arg-type]
    monkeypatch.setattr(transformers, "__version__", "4.57.1")
    with pytest.raises(ImportError, match=r"transformers 5 \(tested: .*, but 4\.57\.1 is"):
        install()


def test_maps_without_a_response() -> None:
    """The location stays at -1. transformers reads the maps of other keypoints there."""
    install()
    maps = torch.zeros((1, 2, 16, 16))
    for module, values in ((vitpose, maps.numpy()), (sapiens2, maps)):
        coords, _ = module.get_keypoint_predictions(values)
        refined = module.post_dark_unbiased_data_processing(coords, values)
        assert (refined == -1).all()


@pytest.mark.parametrize(
    ("module", "arguments", "argument"),
    [
        (vitpose, (np.ones((1, 2, 2)), np.ones((2, 9, 9))), "heatmaps"),
        (vitpose, (np.ones((1, 3, 2)), np.ones((1, 2, 9, 9))), "coords"),
        (vitpose, (np.ones((1, 2, 2)), np.ones((1, 2, 9, 9)), 0), "kernel"),
        (sapiens2, (torch.ones((1, 2, 2)), torch.ones((1, 2, 9, 9)), 4), "blur_kernel_size"),
        (sapiens2, (torch.ones((1, 2, 2)), torch.ones((1, 2, 9, 9)), 1), "blur_kernel_size"),
    ],
)
def test_wrong_calls(module: Any, arguments: Any, argument: str) -> None:
    install()
    with pytest.raises(InvalidInputError, match=f"^`{argument}` "):
        module.post_dark_unbiased_data_processing(*arguments)
