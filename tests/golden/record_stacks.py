"""Records results of other projects, which must be installed, and of HRNet's source.

python tests/golden/record_stacks.py mmpose0|deeplabcut|sleap|mmaction
python tests/golden/record_stacks.py hrnet CHECKOUT/lib
"""

import copy
import sys
import warnings
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from stack_calls import RECORDED, Case, call, save
from stack_cases import hrnet_cases, mmpose0_cases
from target_cases import deeplabcut_cases, mmaction_cases, sleap_cases


def mmpose0() -> Any:
    """The functions and classes of MMPose 0.x in one namespace."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own imports warn
        modules = [
            import_module(f"mmpose.{name}")
            for name in (
                "core.evaluation.top_down_eval",
                "core.post_processing.post_transforms",
                "core.post_processing.group",
                "datasets.pipelines.top_down_transform",
                "datasets.pipelines.bottom_up_transform",
            )
        ]

    return SimpleNamespace(**{k: v for module in modules for k, v in vars(module).items()})


def hrnet(lib: str) -> Any:
    """The functions of HRNet's reference implementation in one namespace."""
    sys.path.insert(0, lib)
    # A package of this name would import all datasets, which need pycocotools.
    sys.modules["dataset"] = package = ModuleType("dataset")
    package.__path__ = [f"{lib}/dataset"]
    inference = import_module("core.inference")
    dataset = import_module("dataset.JointsDataset").JointsDataset
    return SimpleNamespace(**vars(inference), generate_target=dataset.generate_target)


def deeplabcut() -> Any:
    """DeepLabCut's target generators."""
    return import_module("deeplabcut.pose_estimation_pytorch.models.target_generators")


def sleap() -> Any:
    """The functions of `sleap_nn` that make targets, in one namespace."""
    modules = [import_module(f"sleap_nn.data.{name}") for name in ("confidence_maps", "edge_maps")]
    return SimpleNamespace(**{k: v for module in modules for k, v in vars(module).items()})


def mmaction() -> Any:
    """The module of MMAction2 that has PoseC3D's step."""
    return import_module("mmaction.datasets.transforms.pose_transforms")


def recorded(module: Any, cases: Iterable[Case]) -> Iterator[tuple[Case, Any]]:
    """Each call with its results. The projects change arguments in place."""
    import torch

    for name, arguments in cases:
        kept = copy.deepcopy(arguments)
        yield (name, kept), call(module, name, arguments, torch.from_numpy)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["mmpose0"]:
            save(RECORDED / "mmpose0.npz", recorded(mmpose0(), mmpose0_cases()))
        case ["deeplabcut"]:
            save(RECORDED / "deeplabcut.npz", recorded(deeplabcut(), deeplabcut_cases()))
        case ["sleap"]:
            save(RECORDED / "sleap.npz", recorded(sleap(), sleap_cases()))
        case ["mmaction"]:
            save(RECORDED / "mmaction.npz", recorded(mmaction(), mmaction_cases()))
        case ["hrnet", lib]:
            save(RECORDED / "hrnet.npz", recorded(hrnet(lib), hrnet_cases()))
        case _:
            sys.exit(__doc__)
