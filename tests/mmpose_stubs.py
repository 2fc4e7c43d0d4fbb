"""Stubs of compiled packages that MMPose's heads and datasets import.

The tests call nothing of them. With these stubs, ``pip install --no-deps mmpose mmcv-lite`` and a
torch for the CPU are all that is needed.
"""

import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any


class CompiledOperators(ModuleType):
    """Has every operator; `mmcv.ops` checks that they exist."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)

        def operator(*_: Any, **__: Any) -> Any:
            raise NotImplementedError(f"{self.__name__}.{name} is a stub")

        return operator


def install_stub(module: ModuleType) -> None:
    """Makes a module importable by its name."""
    module.__spec__ = ModuleSpec(module.__name__, loader=None)
    sys.modules[module.__name__] = module


def install_stubs() -> None:
    """Replaces what is not installed."""
    if find_spec("mmcv._ext") is None:  # mmcv-lite has the operators' Python half only
        install_stub(CompiledOperators("mmcv._ext"))
    if find_spec("xtcocotools") is None:  # a fork of pycocotools, which MMPose's datasets import
        for name in ("", ".coco", ".cocoeval", ".mask"):
            sys.modules[f"xtcocotools{name}"] = import_module(f"pycocotools{name}")
    if find_spec("mmdet") is None:  # RTMOHead takes two names from it
        utils = CompiledOperators("mmdet.utils")
        utils.ConfigType = dict  # type: ignore[attr-defined]
        install_stub(ModuleType("mmdet"))
        install_stub(utils)
