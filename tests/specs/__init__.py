"""One module per codec, with one `Spec`: the tests that concern all codecs iterate over them.

A new module of this folder is found by itself; `tests/README.md` describes what is in it.
"""

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from .spec import SPECS, Config, Spec, seeded

__all__ = [
    "CONFIGS",
    "PARALLEL_BATCH_SIZE",
    "SPECS",
    "TOP_DOWN",
    "Config",
    "Spec",
    "each",
    "each_config",
    "each_spec",
    "of_codec",
    "of_family",
    "seeded",
]

PARALLEL_BATCH_SIZE = 12
"""Samples of 17 maps of 48×64: more than the smallest batch that is split between threads."""

for path in sorted(Path(__file__).parent.glob("*.py")):
    if path.stem not in ("__init__", "spec"):
        import_module(f"{__name__}.{path.stem}")

CONFIGS: tuple[Config, ...] = tuple(config for spec in SPECS.values() for config in spec.configs)
"""All configurations of all codecs."""

TOP_DOWN = ("regression", "heatmap", "simcc")


def of_family(*families: str) -> list[Config]:
    """The configurations of some codecs."""
    return [config for config in CONFIGS if config.spec.family in families]


def each(configs: Iterable[Config]) -> Any:
    """Parametrizes a test over configurations."""
    return pytest.mark.parametrize("config", list(configs), ids=str)


def of_codec(name: str) -> Any:
    """Parametrizes a test over the configurations of one codec."""
    return each(SPECS[name].configs)


each_config = each(CONFIGS)
each_spec = pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
