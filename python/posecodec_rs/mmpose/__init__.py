"""Plugs the codecs into an installed MMPose: one line, and nothing else changes.

In a config: ``custom_imports = dict(imports=['posecodec_rs.mmpose.auto'])``.
In a program: ``posecodec_rs.mmpose.install()``.
"""

import sys
import warnings
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from functools import cache
from importlib import import_module
from typing import Any

from posecodec_rs import functional
from posecodec_rs._build import CODECS
from posecodec_rs._core import BaseKeypointCodec

__all__ = ["install", "uninstall"]

_TRIED = "1.3.2"

_undo = ExitStack()
"""What puts MMPose's own back; empty where nothing is installed."""


def install(*, utils: bool = False) -> None:
    """Put these codecs in the place of MMPose's.

    Every codec is registered in ``KEYPOINT_CODECS`` under its name. The names of MMPose's class, in
    ``mmpose.codecs`` and wherever in MMPose it was imported, are bound to it instead; but the
    modules that define MMPose's codecs stay as they are. ``isinstance`` takes it for one of its
    ``BaseKeypointCodec``. What was built before, a pipeline or a head, keeps its codecs.

    Installing what is installed changes nothing. Where it fails, nothing is changed.

    Args:
        utils: Whether the helpers of `posecodec_rs.functional` take the place of those of
            ``mmpose.codecs.utils`` as well, wherever in MMPose they were imported.

    Raises:
        ImportError: Where MMPose cannot be imported.
    """
    codecs, registry = _reference()
    with ExitStack() as undo:
        ours = {codec.__name__: codec for codec in CODECS.values()}
        for name, codec in ours.items():
            _register(undo, registry, name, codec)
        _replace(undo, codecs, ours)
        _accept_ours(undo, codecs.base.BaseKeypointCodec)
        if utils:
            helpers = {name: getattr(functional, name) for name in functional.__all__}
            _replace(undo, codecs.utils, helpers)
        _undo.push(undo.pop_all())


def uninstall() -> None:
    """Put MMPose's own back, also where it was imported since `install`."""
    _undo.close()


def _reference() -> tuple[Any, Any]:
    """``mmpose.codecs``, imported, and the registry that it fills."""
    try:
        codecs = import_module("mmpose.codecs")
        registry = import_module("mmpose.registry").KEYPOINT_CODECS
    except ImportError as error:
        raise ImportError(
            f"posecodec_rs.mmpose needs MMPose, which cannot be imported: {error}. To install it: "
            f"pip install --no-deps mmpose=={_TRIED} mmcv-lite==2.1.0 && "
            "pip install mmengine torch opencv-python scipy munkres==1.1.4 json_tricks",
            name=error.name,
            path=error.path,
        ) from error
    _warn_if_untried(sys.modules["mmpose"].__version__)
    return codecs, registry


@cache  # once
def _warn_if_untried(version: str) -> None:
    if version != _TRIED:
        warnings.warn(
            f"posecodec_rs was tried with MMPose {_TRIED} and gives its answers, but {version} is "
            "installed",
            stacklevel=4,
        )


def _register(undo: ExitStack, registry: Any, name: str, codec: type[BaseKeypointCodec]) -> None:
    """Register a codec under its name, whatever is registered there."""
    before = registry.module_dict.get(name)
    if before is not codec:
        undo.callback(_rebind, registry.module_dict, name, codec, before)
        registry.register_module(module=codec, force=True)


def _replace(undo: ExitStack, home: Any, ours: Mapping[str, Any]) -> None:
    """Bind names of the module `home` to these, and what else in MMPose is bound to the same."""
    pairs = []
    for name, mine in ours.items():
        theirs = getattr(home, name, None)
        if theirs is None:  # MMPose has nothing of the kind
            undo.callback(_rebind, vars(home), name, mine, None)
            setattr(home, name, mine)
        elif theirs is not mine:
            pairs.append((theirs, mine))
    undo.callback(_exchange, [(mine, theirs) for theirs, mine in pairs])
    _exchange(pairs)


def _exchange(pairs: Iterable[tuple[Any, Any]]) -> None:
    """Bind what is bound to the first of a pair to the second, in all modules of MMPose."""
    new = {id(before): after for before, after in pairs}
    for path, module in list(sys.modules.items()):
        if path.partition(".")[0] != "mmpose" or module is None:
            continue
        # Classes of codecs are built of each other there, and pickles look for them there.
        defines_codecs = path.startswith("mmpose.codecs.")
        for name, value in list(vars(module).items()):
            if id(value) in new and not (defines_codecs and isinstance(value, type)):
                setattr(module, name, new[id(value)])


def _rebind(names: dict[str, Any], name: str, ours: Any, before: Any) -> None:
    """Bind a name to what it was bound to, unless someone else has bound it since."""
    if names.get(name) is ours:
        if before is None:
            del names[name]
        else:
            names[name] = before


def _accept_ours(undo: ExitStack, base: Any) -> None:
    """Let ``isinstance`` and ``issubclass`` take these codecs for heirs of MMPose's `base`.

    A hook, because what was given to ``base.register`` could not be taken back.
    """
    if "__subclasshook__" in vars(base):
        return

    def hook(cls: type, heir: type) -> Any:
        return (cls is base and issubclass(heir, BaseKeypointCodec)) or NotImplemented

    def unhook() -> None:
        if "__subclasshook__" in vars(base):
            del base.__subclasshook__
        base._abc_caches_clear()

    undo.callback(unhook)
    base.__subclasshook__ = classmethod(hook)
    base._abc_caches_clear()  # of what was answered before
