"""Parity under stress: MMPose and this package get about 100,000 random keypoints per codec.

`nox --session stress` encodes and decodes that many with every codec that MMPose has, in the
configurations of the tests, and prints a table in Markdown. A call is left out where MMPose's
result is not a valid reference: where it is NaN or an error, which docs/differences.md lists, or
where MMPose's own result changes if its input is perturbed slightly. Inputs come from one seed. It
ends with an error if any value differs by more than the tolerance of the tests.
"""

import argparse
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import posecodec_rs
import test_parity
from comparison import arrays
from numpy.random import Generator
from parity import Inconclusive, ParityCase
from rich.console import Console
from rich.progress import Progress
from specs import TOP_DOWN, Config
from specs.shared.top_down import SOURCES


@dataclass
class Summary:
    """The comparisons of a codec's method."""

    keypoints: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    largest: float = 0.0
    off: int = 0
    differences: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        reasons = ", ".join(f"{count:,}: {why}" for why, count in self.left_out.items())
        return f"{self.keypoints:,} | {self.off:,} | {self.largest:.1e} | {reasons}"

    def add(self, case: ParityCase, keypoints: int, rng: Generator) -> None:
        """Compares one call."""
        try:
            comparison = case.compare(rng)
        except Inconclusive as reason:
            self.left_out[str(reason)] += keypoints
            return
        self.keypoints += keypoints
        if comparison.differences:
            self.off += keypoints
            self.differences.append("\n".join([case.description, *comparison.differences]))
            return
        for got, want in zip(arrays(comparison.got), arrays(comparison.want), strict=True):
            largest = np.abs(want).max(initial=1.0)
            off = np.abs(got.astype(np.float64) - want).max(initial=0.0) / largest
            self.largest = max(self.largest, float(off))


def case_of(config: Config, method: str, rng: Generator, number: int) -> tuple[ParityCase, int]:
    """A random call of a method, and how many keypoints it has."""
    parity, top_down = test_parity.PARITY[config.codec], config.spec.family in TOP_DOWN
    if method == "encode":
        args = parity.fixed_encode_args(config, rng)
        if top_down:
            dtype = rng.choice([np.float32, np.float64])
            args["keypoints"] = args["keypoints"].astype(dtype)
        keypoints = args["keypoints"][..., 0].size
    else:
        args = parity.fixed_decode_args(config, rng)
        if top_down:
            encoded = SOURCES[number % len(SOURCES)](config, rng)
            args = dict(zip(args, encoded, strict=True))
        keypoints = config.instances * config.count
    return test_parity.parity_case(config.codec, dict(config.kwargs), method, args), keypoints


def methods() -> Iterator[tuple[str, str, list[Config]]]:
    """Every codec, its methods, and its configurations that MMPose has, too."""
    for name, parity in test_parity.PARITY.items():
        spec = test_parity.SPECS[name]
        configs = [config for config in spec.configs if config.note not in parity.skipped_notes]
        for method in ("encode", test_parity.decoding(name)) if spec.decodes else ("encode",):
            yield name, method, configs


def main() -> None:
    """Compares, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keypoints", type=int, default=100_000, help="per codec and method")
    parser.add_argument("--codec", nargs="+", help="only these")
    options = parser.parse_args()
    warnings.simplefilter("ignore")  # MMPose's own deprecations
    posecodec_rs.set_num_threads(1)
    print("| codec | method | keypoints | off | largest difference | left out |")
    print("|---|---|---|---|---|---|")
    differences = []
    with Progress(console=Console(stderr=True)) as progress:
        for codec, method, configs in methods():
            if options.codec and codec not in options.codec:
                continue
            rng, summary = np.random.default_rng(0), Summary()
            task = progress.add_task(f"{codec}, {method}", total=options.keypoints)
            number = 0
            while summary.keypoints < options.keypoints:
                turn, config = number // len(configs), configs[number % len(configs)]
                summary.add(*case_of(config, method, rng, turn), rng)
                progress.update(task, completed=summary.keypoints)
                number += 1
            print(f"| {codec} | {method} | {summary} |", flush=True)
            differences += summary.differences
    if differences:
        sys.exit("\n".join(differences[:20]))


if __name__ == "__main__":
    main()
