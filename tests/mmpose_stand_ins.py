"""MMPose's heads and datasets import some compiled packages of which nothing here is ever called:
there are stand-ins for those that are missing, so that ``pip install --no-deps mmpose mmcv-lite``
and a torch for the CPU are all that is needed.
"""

import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any


class CompiledOperators(ModuleType):
    """Has every operator that is asked for; `mmcv.ops` looks whether they are there."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)

        def operator(*_: Any, **__: Any) -> Any:
            raise NotImplementedError(f"{self.__name__}.{name} is a stand-in")

        return operator


def stand_in(module: ModuleType) -> None:
    """Make a module importable, and a part of the package that its name says."""
    module.__spec__ = ModuleSpec(module.__name__, loader=None)
    sys.modules[module.__name__] = module


def put_stand_ins() -> None:
    """In the place of what is not installed."""
    if find_spec("mmcv._ext") is None:  # mmcv-lite has the operators' Python half only
        stand_in(CompiledOperators("mmcv._ext"))
    if find_spec("xtcocotools") is None:  # a fork of pycocotools, which MMPose's datasets import
        for name in ("", ".coco", ".cocoeval", ".mask"):
            sys.modules[f"xtcocotools{name}"] = import_module(f"pycocotools{name}")
    if find_spec("mmdet") is None:  # RTMOHead takes two names from it
        utils = CompiledOperators("mmdet.utils")
        utils.ConfigType = dict  # type: ignore[attr-defined]
        stand_in(ModuleType("mmdet"))
        stand_in(utils)
