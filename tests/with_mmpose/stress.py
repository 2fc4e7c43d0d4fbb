"""Parity under stress: MMPose and this package are asked about 100,000 random keypoints a codec.

`nox --session stress` asks every codec that MMPose has to encode and to decode
so many, in the configurations of the tests, and prints a table in Markdown. A question counts as
left out where MMPose's answer is none to go by: where it is NaN or an error, which
docs/differences.md lists, or where MMPose itself would answer otherwise if its input were off by
next to nothing. Inputs come from one seed. It ends with an error if any answer is off by more than
the tolerance of the tests.
"""

import argparse
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import posecodec_rs
import test_further_parity
import test_parity
from bottom_up_samples import BOTTOM_UP
from further_questions import NO_REFERENCE
from further_samples import FURTHER
from numpy.random import Generator
from questions import NoAnswerToGoBy, Question
from rich.console import Console
from rich.progress import Progress
from samples import CONFIGS, LIFTING, Config, arrays

Ask = Callable[[Generator, int], tuple[Question, int]]
"""A question, the number of which is given, and how many keypoints it is about."""


@dataclass
class Tally:
    """What came of the questions about a codec's method."""

    keypoints: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    largest: float = 0.0
    off: int = 0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        reasons = ", ".join(f"{count:,}: {why}" for why, count in self.left_out.items())
        return f"{self.keypoints:,} | {self.off:,} | {self.largest:.1e} | {reasons}"

    def add(self, question: Question, keypoints: int, rng: Generator) -> None:
        """Asks a question."""
        try:
            answers = question.ask(rng)
        except NoAnswerToGoBy as reason:
            self.left_out[str(reason)] += keypoints
            return
        self.keypoints += keypoints
        if answers.wrong:
            self.off += keypoints
            self.wrong.append("\n".join([question.asked, *answers.wrong]))
            return
        for got, want in zip(arrays(answers.got), arrays(answers.want), strict=True):
            largest = np.abs(want).max(initial=1.0)
            off = np.abs(got.astype(np.float64) - want).max(initial=0.0) / largest
            self.largest = max(self.largest, float(off))


def of_crops(config: Config) -> dict[str, Ask]:
    """What is asked of a codec for one person."""

    def encode(rng: Generator, _: int) -> tuple[Question, int]:
        points = config.keypoints(rng).astype(rng.choice([np.float32, np.float64]))
        arguments = [points, config.visible(rng)]
        return test_parity.question(config, "encode", arguments), points[..., 0].size

    def decode(rng: Generator, number: int) -> tuple[Question, int]:
        source = test_parity.SOURCES[number % len(test_parity.SOURCES)]
        arguments = list(source(config, rng))
        people = config.instances * config.count
        return test_parity.question(config, "decode", arguments), people

    return {"encode": encode, "decode": decode}


def of_others(config: Any) -> dict[str, Ask]:
    """What is asked of the codecs whose calls are unlike those."""
    name, kwargs = config.codec, dict(config.kwargs)
    if "decode_keypoint_order" in kwargs:  # MMPose wants a list
        kwargs["decode_keypoint_order"] = list(kwargs["decode_keypoint_order"])
    decoding = "batch_decode" if name == "AssociativeEmbedding" else "decode"

    def ask(method: str, args: dict[str, Any], keypoints: int) -> tuple[Question, int]:
        return test_further_parity.question(name, kwargs, method, args), keypoints

    def encode(rng: Generator, _: int) -> tuple[Question, int]:
        args = encode_args(config, rng)
        return ask("encode", args, args["keypoints"][..., 0].size)

    def decode(rng: Generator, _: int) -> tuple[Question, int]:
        args = decode_args(config, rng)
        people = 3 if config in BOTTOM_UP else 1
        return ask(decoding, args, people * config.count)

    return {"encode": encode} if "YOLOX" in name else {"encode": encode, "decode": decode}


def encode_args(config: Any, rng: Generator) -> dict[str, Any]:
    """A sample's arguments by their names."""
    if config in LIFTING:
        return dict(config.inputs(rng))
    if config in FURTHER:
        args = dict(config.encode_args(rng))
        if config.codec == "Hand3DHeatmap":  # MMPose wants numbers there, and these
            args |= {name: args[name][0] for name in ("rel_root_depth", "rel_root_valid")}
            args |= {"focal": np.ones(2), "principal_pt": np.ones(2)}
        return args
    return {"keypoints": config.keypoints(rng), "keypoints_visible": config.visible(rng)}


NAMES = {
    "SPR": ("heatmaps", "displacements"),
    "DecoupledHeatmap": ("instance_heatmaps", "instance_scores"),
    "AssociativeEmbedding": ("batch_heatmaps", "batch_tags"),
    "ImagePoseLifting": ("encoded", "target_root"),
    "VideoPoseLifting": ("encoded", "target_root"),
    "MotionBERTLabel": ("encoded", "w", "h", "factor"),
}
"""What decoders call their arguments."""


def decode_args(config: Any, rng: Generator) -> dict[str, Any]:
    """A network's answer by the names of the arguments."""
    if config in FURTHER:
        args = dict(config.decode_args(rng))
        if config.codec == "Hand3DHeatmap":  # of a batch of one, as MMPose's head has them
            args |= {name: args[name][None] for name in ("root_depth", "hand_type")}
        return args
    if config in LIFTING:
        values = config.answers(rng)
        if config.codec == "VideoPoseLifting":  # whose roots are one for all frames in MMPose
            values = (values[0], values[1][:1])
    else:
        values = config.encoded(rng, *[1] * (config.codec == "AssociativeEmbedding"))
    return dict(zip(NAMES[config.codec], values, strict=True))


def answered_by_mmpose(config: Any) -> bool:
    """Whether it has such a codec, and answers as ours does (docs/differences.md)."""
    # It fails where other joints than the first are removed, and takes visibilities from logs.
    return config.codec not in NO_REFERENCE and config.note not in ("removed", "dark-visibility")


def asked() -> Iterator[tuple[str, str, list[Ask]]]:
    """Every codec, its methods, and what is asked of them in each configuration."""
    configs = filter(answered_by_mmpose, [*CONFIGS, *BOTTOM_UP, *LIFTING, *FURTHER])
    of_codec: dict[str, list[dict[str, Ask]]] = {}
    for config in configs:
        kinds = of_crops(config) if config in CONFIGS else of_others(config)
        of_codec.setdefault(config.codec, []).append(kinds)
    for codec, kinds in of_codec.items():
        for method in kinds[0]:
            yield codec, method, [kind[method] for kind in kinds]


def main() -> None:
    """Asks and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keypoints", type=int, default=100_000, help="a codec and method")
    parser.add_argument("--codec", nargs="+", help="these alone")
    options = parser.parse_args()
    warnings.simplefilter("ignore")  # what MMPose deprecates is not ours to mend
    posecodec_rs.set_num_threads(1)
    print("| codec | method | keypoints | off | largest difference | left out |")
    print("|---|---|---|---|---|---|")
    all_wrong = []
    with Progress(console=Console(stderr=True)) as progress:
        for codec, method, asks in asked():
            if options.codec and codec not in options.codec:
                continue
            rng, tally = np.random.default_rng(0), Tally()
            task = progress.add_task(f"{codec}, {method}", total=options.keypoints)
            number = 0
            while tally.keypoints < options.keypoints:
                question, keypoints = asks[number % len(asks)](rng, number // len(asks))
                tally.add(question, keypoints, rng)
                progress.update(task, completed=tally.keypoints)
                number += 1
            print(f"| {codec} | {method} | {tally} |", flush=True)
            all_wrong += tally.wrong
    if all_wrong:
        sys.exit("\n".join(all_wrong[:20]))


if __name__ == "__main__":
    main()
