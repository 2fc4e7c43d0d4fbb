"""Record the results of an installed MMPose 1.3.2, which the tests compare with.

    python tests/golden/record.py [--out DIR] [--codec NAME ...] [--seed N] [--sizes small|full]
        [--repository DIR]

DIR gets one npz per codec, which `golden_cases.py` reads: the arrays and, as JSON in `manifest`,
the versions and the cases. One seed and one set of versions give the same files. With `--codec`,
the files of other codecs stay.

Codecs that are not in MMPose's package but among the projects of its repository are recorded only
with `--repository`, the path of a checkout of https://github.com/open-mmlab/mmpose.

The calls are in the specs of the codecs, `tests/specs`. The helpers, in `functional_cases.py`,
count as a codec too. Calls for which MMPose returns NaN or raises an exception or a numerical
warning are skipped and logged, as are those whose result depends on the last bits of the input:
this package may differ there.

`AssociativeEmbedding` is recorded with munkres 1.1.4: where several assignments cost the same,
later versions find others.
"""

import argparse
import copy
import importlib
import json
import logging
import random
import sys
import types
import warnings
import zlib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

try:
    import cv2
    import mmpose
    import numpy as np
    import torch
    from flip_and_decode import flip_and_decode
    from functional_cases import FUNCTIONAL
except ImportError as error:
    sys.exit(
        f"{error}. To install MMPose: pip install --no-deps mmpose==1.3.2 mmcv-lite==2.1.0 "
        "&& pip install mmengine opencv-python-headless torch torchvision scipy xtcocotools "
        "munkres==1.1.4 json_tricks matplotlib"
    )

from specs import SPECS
from specs.shared.golden import FULL, SMALL, Case

REFERENCE = "1.3.2"
MUNKRES = "1.1.4"
CALLS = {name: spec.golden for name, spec in SPECS.items()} | FUNCTIONAL
IN_REPOSITORY = {name: spec.repository for name, spec in SPECS.items() if spec.repository}
PERTURBATION = 3e-6  # some ulps of float32, of which about one is left after a blur
STEADY = 1e-5  # how far a perturbation may move a result, as a share of its largest value

log = logging.getLogger("record")


def codec_class(name: str, repository: Path | None = None) -> Any:
    """MMPose's class; the first call for one of the repository's needs `repository`."""
    if name in FUNCTIONAL:
        return lambda: mmpose.codecs.utils
    if name not in IN_REPOSITORY:
        return getattr(mmpose.codecs, name)
    folder, module = IN_REPOSITORY[name]
    # The project's own package would import its networks.
    package = sys.modules.setdefault(f"repository_{name}", types.ModuleType(f"repository_{name}"))
    if repository is not None:
        package.__path__ = [str(repository / folder)]
    return getattr(importlib.import_module(f"{package.__name__}.{module}"), name)


class Arrays:
    """The arrays of one npz. Equal arrays are stored once."""

    def __init__(self) -> None:
        self.by_name: dict[str, np.ndarray] = {}
        self._names: dict[tuple[str, tuple[int, ...], bytes], str] = {}

    def add(self, array: np.ndarray) -> str:
        key = (array.dtype.str, array.shape, array.tobytes())
        name = self._names.setdefault(key, f"a{len(self._names) + 1}")
        self.by_name[name] = np.ascontiguousarray(array)
        return name

    def describe(self, value: Any) -> dict[str, Any]:
        """A value as the manifest writes it, its arrays added here."""
        match value:
            case np.ndarray():
                return {"array": self.add(value)}
            case torch.Tensor():
                return {"tensor": self.add(value.numpy(force=True))}
            case np.generic():
                return {"scalar": value.item(), "dtype": value.dtype.name}
            case dict():
                return {"dict": {key: self.describe(item) for key, item in value.items()}}
            case list() | tuple():
                return {type(value).__name__: [self.describe(item) for item in value]}
        return {"value": value}


def numbers(result: Any) -> Iterator[np.ndarray]:
    """The arrays and numbers in a nested result, in order."""
    if isinstance(result, dict | list | tuple):
        for item in result.values() if isinstance(result, dict) else result:
            yield from numbers(item)
    elif result is not None and not isinstance(result, str):
        yield np.asarray(result)


def as_arrays(result: Any) -> Any:
    """A nested result with arrays for its tensors, as this package returns for arrays."""
    match result:
        case torch.Tensor():
            return result.numpy(force=True)
        case list() | tuple():
            return type(result)(as_arrays(item) for item in result)
        case dict():
            return {key: as_arrays(item) for key, item in result.items()}
    return result


def arrays_of(args: dict[str, Any]) -> list[str]:
    """The names of the arguments that are arrays."""
    return [key for key, value in args.items() if isinstance(value, np.ndarray)]


def call(name: str, case: Case, args: dict[str, Any]) -> Any:
    """MMPose's result, with its inputs left alone. Raises an error where it is not valid."""
    if case.seed is not None:
        np.random.seed(case.seed)
        random.seed(case.seed)
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        codec = codec_class(name)(**copy.deepcopy(case.kwargs))
        args = copy.deepcopy(args)
        if case.tensors:
            args |= {key: torch.from_numpy(args[key]) for key in arrays_of(args)}
        if "flipped" in args:
            result = flip_and_decode(codec, args)
        else:
            result = as_arrays(getattr(codec, case.method)(**args))
    if not all(np.isfinite(array).all() for array in numbers(result)):
        raise FloatingPointError("NaN or infinity")
    return result


def is_steady(name: str, case: Case, result: Any, rng: np.random.Generator) -> bool:
    """Whether perturbing every input value by some ulps leaves the result unchanged."""
    for _ in range(4):
        perturbed = dict(case.args)
        for key in arrays_of(case.args):
            value = case.args[key]
            factor = 1 + PERTURBATION * rng.uniform(-1, 1, value.shape)
            perturbed[key] = (value * factor).astype(value.dtype)
        moved = call(name, case, perturbed)
        for before, after in zip(numbers(result), numbers(moved), strict=True):
            limit = STEADY * max(1.0, np.abs(before).max(initial=0))
            if not np.allclose(after, before, rtol=0, atol=limit):
                return False
    return True


def record(name: str, sizes: str, seed: int) -> tuple[list[dict[str, Any]], Arrays]:
    """All cases of one codec, as the manifest writes them, and their arrays."""
    entries, arrays, skipped = [], Arrays(), 0
    for size in FULL if sizes == "full" else SMALL:
        entropy = [seed, zlib.crc32(name.encode()), *size.image]
        perturbations = np.random.default_rng([*entropy, 1])
        rng = np.random.default_rng(entropy)
        for case in CALLS[name](rng, size):
            try:
                result = call(name, case, case.args)
                if case.sensitive and not is_steady(name, case, result, perturbations):
                    raise FloatingPointError("depends on the last bits of the input")
            except Exception as error:
                log.info(
                    "skipped %s.%s %s (%s): %r", name, case.method, size.image, case.note, error
                )
                skipped += 1
                continue
            entry = {"kwargs": arrays.describe(case.kwargs), "method": case.method}
            entry |= {"args": arrays.describe(case.args), "out": arrays.describe(result)}
            entry |= {"note": case.note}
            entry |= {key: value for key in ("seed", "tol") if (value := getattr(case, key))}
            entries.append(entry)
    log.info("%s: %d cases, %d skipped", name, len(entries), skipped)
    assert skipped <= len(entries) // 10, f"{name}: too few cases are left, look at the log"
    return entries, arrays


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, metavar="DIR")
    parser.add_argument("--codec", nargs="+", choices=CALLS, metavar="NAME")
    parser.add_argument("--repository", type=Path, metavar="DIR")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sizes", choices=("small", "full"), default="small")
    options = parser.parse_args()
    if options.codec is None:
        here = [name for name in CALLS if options.repository or name not in IN_REPOSITORY]
        options.codec = here
    for name in options.codec:
        if name in IN_REPOSITORY:
            if options.repository is None:
                sys.exit(f"{name} is recorded with --repository alone.")
            codec_class(name, options.repository)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    if mmpose.__version__ != REFERENCE:
        sys.exit(f"This records mmpose {REFERENCE}, but {mmpose.__version__} is installed.")
    if "AssociativeEmbedding" in options.codec and version("munkres") != MUNKRES:
        sys.exit(
            f"munkres must be {MUNKRES}, but {version('munkres')} is installed. Others choose "
            "another of several assignments of equal cost."
        )

    versions = {"reference": f"mmpose {mmpose.__version__}", "numpy": np.__version__}
    versions |= {"opencv": cv2.__version__, "torch": torch.__version__}
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.codec:
        entries, arrays = record(name, options.sizes, options.seed)
        manifest = np.frombuffer(json.dumps(versions | {"cases": entries}).encode(), np.uint8)
        np.savez_compressed(options.out / f"{name}.npz", manifest=manifest, **arrays.by_name)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
