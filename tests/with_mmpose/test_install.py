"""`posecodec_rs.mmpose`: what `install` changes, and that `uninstall` puts all of it back."""

import logging
import os
import pickle
import subprocess
import sys
import warnings
from types import ModuleType
from typing import Any

import mmpose.codecs.base
import mmpose.datasets.transforms.common_transforms
import mmpose.evaluation.functional.keypoint_eval
import numpy as np
import posecodec_rs
import pytest
from mmengine.config import Config as MMConfig
from mmpose.registry import KEYPOINT_CODECS
from posecodec_rs import functional
from posecodec_rs.mmpose import install, installed, uninstall
from specs import TOP_DOWN, Config, each, of_family

pytestmark = pytest.mark.usefixtures("uninstalled")

BASE = mmpose.codecs.base.BaseKeypointCodec
OURS = {codec.__name__: codec for codec in posecodec_rs.CODECS.values()}
THEIRS = {name: getattr(mmpose.codecs, name) for name in OURS if hasattr(mmpose.codecs, name)}

each_name = pytest.mark.parametrize("name", THEIRS)


def state() -> dict[str, dict[str, int]]:
    """What is bound to every name of MMPose's modules, of its registry and of its base class."""
    names = {path: vars(module) for path, module in sys.modules.items() if path[:6] == "mmpose"}
    names |= {"registry": KEYPOINT_CODECS.module_dict, "base": dict(vars(BASE))}
    return {path: {name: id(value) for name, value in of.items()} for path, of in names.items()}


@pytest.fixture
def before() -> dict[str, dict[str, int]]:
    """How MMPose is without an installation."""
    return state()


def module_that_imports_all(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A module of MMPose that is loaded now."""
    module = ModuleType("mmpose.loaded_later")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec("from mmpose.codecs import *", vars(module))
    return module


@each(of_family(*TOP_DOWN))
def test_the_registry_builds_ours(config: Config) -> None:
    install()
    theirs = THEIRS.get(config.codec)
    for kind in (config.codec, f"mmpose.{config.codec}", getattr(mmpose.codecs, config.codec)):
        codec = KEYPOINT_CODECS.build({"type": kind, **config.kwargs})
        assert codec == config.make()
        assert isinstance(codec, BASE)
        assert theirs is None or not isinstance(codec, theirs)


@each_name
def test_names_are_bound_to_ours(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = OURS[name]
    install()
    later = module_that_imports_all(monkeypatch)
    transforms = mmpose.datasets.transforms.common_transforms
    assert KEYPOINT_CODECS.get(name) is ours
    for module in (mmpose.codecs, transforms, later):
        assert getattr(module, name) is ours
    # Where MMPose's own is defined, it stays.
    assert getattr(sys.modules[THEIRS[name].__module__], name) is THEIRS[name]


def test_heirs() -> None:
    """Asked before, while and after ours are installed."""

    class Mine(OURS["RegressionLabel"]):  # type: ignore[misc, name-defined]
        pass

    def answers() -> list[bool]:
        codecs = [config.make() for config in of_family(*TOP_DOWN)]
        return [isinstance(codec, BASE) for codec in (*codecs, Mine((4, 4)))]

    assert not any(answers())
    install()
    assert all(answers())
    assert issubclass(THEIRS["UDPHeatmap"], BASE)
    assert not issubclass(OURS["UDPHeatmap"], THEIRS["UDPHeatmap"])
    assert not isinstance(np.zeros(1), BASE)
    uninstall()
    assert not any(answers())
    assert issubclass(THEIRS["UDPHeatmap"], BASE)


def test_all_is_put_back(before: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    install()
    assert state() != before
    later = module_that_imports_all(monkeypatch)
    uninstall()
    assert {name: getattr(later, name) for name in THEIRS} == THEIRS
    monkeypatch.undo()
    assert state() == before
    uninstall()
    assert state() == before


def test_twice_is_once(before: Any) -> None:
    install()
    installed = state()
    install()
    assert state() == installed
    uninstall()
    assert state() == before
    install()
    assert {**state(), "base": 0} == {**installed, "base": 0}  # the hook is a new one


def test_half_way_is_not_at_all(before: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    register, calls = KEYPOINT_CODECS.register_module, []

    def failing(**options: Any) -> None:
        calls.append(options)
        if len(calls) == 3:
            raise KeyboardInterrupt
        register(**options)

    monkeypatch.setattr(KEYPOINT_CODECS, "register_module", failing)
    with pytest.raises(KeyboardInterrupt):
        install()
    assert state() == before
    uninstall()  # of nothing
    assert state() == before


def test_without_a_helper_nothing_is_changed(before: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(functional, "__all__", [*functional.__all__, "no_helper"])
    with pytest.raises(AttributeError):
        install(utils=True)
    assert state() == before
    install()
    installed = state()
    with pytest.raises(AttributeError):
        install(utils=True)
    assert state() == installed


def test_what_others_registered(before: Any) -> None:
    """A class that was there before comes back; one that came later stays."""
    mine, later = type("UDPHeatmap", (), {}), type("MSRAHeatmap", (), {})
    KEYPOINT_CODECS.register_module(module=mine, force=True)
    try:
        install()
        assert KEYPOINT_CODECS.get("UDPHeatmap") is OURS["UDPHeatmap"]
        KEYPOINT_CODECS.register_module(module=later, force=True)
        uninstall()
        assert KEYPOINT_CODECS.get("UDPHeatmap") is mine
        assert KEYPOINT_CODECS.get("MSRAHeatmap") is later
    finally:
        KEYPOINT_CODECS.module_dict.update(THEIRS)
    assert state() == before


def test_codecs_that_were_there_before() -> None:
    """They travel on, to where ours are installed as well."""
    theirs = THEIRS["MSRAHeatmap"]((192, 256), (48, 64), 2.0)
    sent = pickle.dumps(theirs)
    install()
    assert type(pickle.loads(sent)) is type(pickle.loads(pickle.dumps(theirs))) is type(theirs)
    ours = KEYPOINT_CODECS.build({"type": "RegressionLabel", "input_size": (192, 256)})
    sent = pickle.dumps(ours)
    uninstall()
    assert pickle.loads(sent) == ours


def test_a_config_installs() -> None:
    sys.modules.pop("posecodec_rs.mmpose.auto", None)
    line = "custom_imports = dict(imports=['posecodec_rs.mmpose.auto'], allow_failed_imports=False)"
    MMConfig.fromstring(line, ".py")
    assert KEYPOINT_CODECS.get("UDPHeatmap") is OURS["UDPHeatmap"]


def test_helpers_wherever_they_were_imported(before: Any) -> None:
    evaluation = mmpose.evaluation.functional.keypoint_eval
    for calls in ({"utils": True},), ({}, {"utils": True}, {}):
        for options in calls:
            install(**options)
        for name in functional.__all__:
            ours = getattr(functional, name)
            bound = [
                getattr(module, name)
                for path, module in sys.modules.items()
                if path[:6] == "mmpose" and hasattr(module, name)
            ]
            assert bound.count(ours) == len(bound) > 1
        assert evaluation.get_heatmap_maximum is functional.get_heatmap_maximum
        uninstall()
        assert state() == before


def test_untested_version_warns_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mmpose, "__version__", "7.8.9")
    with pytest.warns(UserWarning, match=r"1\.3\.2 .* 7\.8\.9"):
        install()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        install()
        uninstall()
        install()


def test_installed_and_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "posecodec_rs")
    assert not installed()
    install()
    assert installed()
    install()
    (record,) = caplog.records
    assert record.getMessage() == f"posecodec_rs {posecodec_rs.__version__}: {len(OURS)} codecs"
    uninstall()
    assert not installed()


def test_a_codec_of_a_fork(before: Any, caplog: pytest.LogCaptureFixture) -> None:
    """It takes another argument, as that of BBoxMaskPose: it stays."""

    class UDPHeatmap(THEIRS["UDPHeatmap"]):  # type: ignore[misc, name-defined]
        def __init__(self, input_size: Any, heatmap_size: Any, increase: float = 1) -> None:
            super().__init__(input_size, heatmap_size)
            self.increase = increase

    KEYPOINT_CODECS.register_module(module=UDPHeatmap, force=True)
    try:
        install()
        assert KEYPOINT_CODECS.get("UDPHeatmap") is UDPHeatmap
        assert KEYPOINT_CODECS.get("MSRAHeatmap") is OURS["MSRAHeatmap"]
        assert mmpose.codecs.UDPHeatmap is THEIRS["UDPHeatmap"]
        assert caplog.records[-1].getMessage().endswith("left alone: UDPHeatmap")
        uninstall()
        assert KEYPOINT_CODECS.get("UDPHeatmap") is UDPHeatmap
    finally:
        KEYPOINT_CODECS.module_dict.update(THEIRS)
    assert state() == before


def test_a_script_runs_with_the_codecs(tmp_path: Any) -> None:
    script = tmp_path / "train.py"
    (tmp_path / "next_to_it.py").write_text("number = 7\n")
    script.write_text(
        "import sys\nimport next_to_it\nfrom mmpose.registry import KEYPOINT_CODECS\n"
        "assert __name__ == '__main__'\n"
        "kind = KEYPOINT_CODECS.get('UDPHeatmap').__module__\n"
        "print(kind, next_to_it.number, sys.argv[1:])\n"
    )
    command = [sys.executable, "-W", "ignore", "-m", "posecodec_rs.mmpose"]
    stubs = "import mmpose_stubs; mmpose_stubs.install_stubs(); "
    run = "import runpy; runpy.run_module('posecodec_rs.mmpose', run_name='__main__')"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    arguments = [str(script), "config.py", "--resume"]
    in_stubs = [sys.executable, "-W", "ignore", "-c", stubs + run, *arguments]
    done = subprocess.run(in_stubs, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "posecodec_rs 7 ['config.py', '--resume']"
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("usage: python -m posecodec_rs.mmpose [--defer] SCRIPT")


def test_a_script_runs_with_deferral(tmp_path: Any) -> None:
    script = tmp_path / "train.py"
    script.write_text(
        "import sys\nfrom mmpose.registry import TRANSFORMS\n"
        "print(TRANSFORMS.get('GenerateTarget').__module__, sys.argv[1:])\n"
    )
    stubs = "import mmpose_stubs; mmpose_stubs.install_stubs(); "
    run = "import runpy; runpy.run_module('posecodec_rs.mmpose', run_name='__main__')"
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-c",
        stubs + run,
        "--defer",
        str(script),
        "--resume",
    ]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "posecodec_rs.mmpose._transform ['--resume']"
