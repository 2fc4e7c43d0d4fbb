"""`install` and `patch` of `posecodec_rs.mmpose0`: what they change, and that it is undone."""

import logging
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import mmpose
import mmpose.core.evaluation.top_down_eval as evaluation
import mmpose.core.post_processing.group as group
import mmpose.datasets.pipelines.bottom_up_transform as bottom_up
import mmpose.datasets.pipelines.top_down_transform as top_down
import mmpose.models.heads.topdown_heatmap_base_head as head
import numpy as np
import pytest
from mmpose.datasets import PIPELINES
from posecodec_rs import mmpose0
from posecodec_rs.mmpose0 import install, patch, uninstall

STEPS = ("TopDownGenerateTarget", "TopDownGenerateTargetRegression", "BottomUpGenerateTarget")


def state() -> dict[str, dict[str, int]]:
    """What is bound to every name of MMPose's modules and of its registry."""
    names = {path: vars(module) for path, module in sys.modules.items() if path[:6] == "mmpose"}
    names["registry"] = PIPELINES.module_dict
    return {path: {name: id(value) for name, value in of.items()} for path, of in names.items()}


@pytest.fixture(autouse=True)
def before() -> Iterator[dict[str, dict[str, int]]]:
    """How MMPose is without an installation; it is that again after the test."""
    found = state()
    yield found
    uninstall()
    assert state() == found


def test_names_are_bound_to_ours(before: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "posecodec_rs")
    install()
    ours = mmpose0.keypoints_from_heatmaps
    assert head.keypoints_from_heatmaps == evaluation.keypoints_from_heatmaps == ours
    assert mmpose.core.keypoints_from_heatmaps == ours
    assert group.post_dark_udp is mmpose0.post_dark_udp
    assert bottom_up.HeatmapGenerator is mmpose0.HeatmapGenerator
    for name in STEPS:
        assert PIPELINES.get(name) is getattr(mmpose0, name)
    (record,) = caplog.records
    assert record.levelname == "INFO"
    assert "MMPose 0.29.0: keypoints_from_heatmaps, " in record.getMessage()
    installed = state()
    install()
    assert state() == installed
    assert len(caplog.records) == 1
    uninstall()
    assert state() == before


def test_steps_that_were_built_before() -> None:
    step = PIPELINES.build({"type": "TopDownGenerateTarget"})
    install()
    assert type(pickle.loads(pickle.dumps(step))) is type(step) is top_down.TopDownGenerateTarget


def test_half_way_is_not_at_all(before: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing(dict[str, Any]):
        def __setitem__(self, name: str, value: Any) -> None:
            raise KeyboardInterrupt

    failing = type("Registry", (), {"module_dict": Failing(PIPELINES.module_dict)})
    with monkeypatch.context() as patched:
        patched.setattr(bottom_up, "PIPELINES", failing)
        with pytest.raises(KeyboardInterrupt):
            install()
    assert state() == before


def test_functions_of_a_fork(monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    def flip_back(output_flipped: Any, flip_pairs: Any) -> Any:
        return output_flipped

    monkeypatch.setattr(flip_back, "__module__", "mmpose.core.post_processing.post_transforms")
    module = sys.modules["mmpose.core.post_processing.post_transforms"]
    monkeypatch.setattr(module, "flip_back", flip_back)
    install()
    assert module.flip_back is flip_back
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert record.getMessage().endswith("left alone: flip_back")
    uninstall()


def vendored(tmp_path: Any, monkeypatch: Any, change: Any = lambda text: text) -> ModuleType:
    """A copy of MMPose's file in another package, next to a module that uses it."""
    package = tmp_path / "vendored"
    package.mkdir()
    text = Path(evaluation.__file__).read_text()
    theirs = Path(sys.modules["mmpose.core.post_processing.post_transforms"].__file__).read_text()
    text = text.replace("from mmpose.core.post_processing import", "from vendored.post import")
    (package / "__init__.py").touch()
    (package / "post.py").write_text(change(theirs))
    (package / "kp2d_utils.py").write_text(text)
    (package / "user.py").write_text("from vendored.kp2d_utils import keypoints_from_heatmaps\n")
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.startswith("vendored")]:
        monkeypatch.delitem(sys.modules, name)
    import vendored.user

    return vendored.user


MAPS = np.random.default_rng(3).uniform(size=(1, 3, 9, 8)).astype(np.float32)
BOX = {"center": np.array([[50, 60]], np.float32), "scale": np.array([[1, 2]], np.float32)}


def test_patch_of_a_copy(tmp_path: Any, monkeypatch: Any) -> None:
    user = vendored(tmp_path, monkeypatch)
    theirs = user.keypoints_from_heatmaps
    want = theirs(MAPS.copy(), **BOX, use_udp=True)
    with patch("vendored.kp2d_utils") as patched:
        assert user.keypoints_from_heatmaps == mmpose0.keypoints_from_heatmaps
        assert "keypoints_from_heatmaps3d" in patched.replaced
        assert patched.left == ()
        got = user.keypoints_from_heatmaps(MAPS, **BOX, use_udp=True)
        np.testing.assert_allclose(got[0], want[0], rtol=1e-4)
        assert patch("vendored.kp2d_utils").replaced == ()
    assert user.keypoints_from_heatmaps is theirs


def test_patch_of_a_copy_with_scales_in_pixels(tmp_path: Any, monkeypatch: Any) -> None:
    """The code of `keypoints_from_heatmaps` is the same; that of `transform_preds` is not."""

    def change(text: str) -> str:
        start = text.index("def transform_preds")
        return text[:start] + text[start:].replace("scale = scale * 200.0", "", 1).replace(
            "target_coords = coords.copy()", "target_coords = np.ones_like(coords)", 1
        )

    user = vendored(tmp_path, monkeypatch, change)
    want = user.keypoints_from_heatmaps(MAPS.copy(), **BOX)
    with patch("vendored.kp2d_utils") as patched:
        assert "keypoints_from_regression" in patched.replaced
        got = user.keypoints_from_heatmaps(MAPS, **BOX)
    np.testing.assert_allclose(got[0], want[0], rtol=1e-5)


def test_patch_of_changed_code(tmp_path: Any, monkeypatch: Any) -> None:
    def change(text: str) -> str:
        return text.replace("scale = scale * 200.0", "scale = scale * 201.0")

    user = vendored(tmp_path, monkeypatch, change)
    theirs = user.keypoints_from_heatmaps
    with patch("vendored.kp2d_utils") as patched:
        assert user.keypoints_from_heatmaps is theirs
        assert patched.replaced == ("post_dark_udp",)
        assert "keypoints_from_heatmaps" in patched.left


def test_untested_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mmpose, "__version__", "1.3.2")
    with pytest.raises(ImportError, match=r"0\.29\.0.*1\.3\.2.*posecodec_rs\.mmpose "):
        install()
