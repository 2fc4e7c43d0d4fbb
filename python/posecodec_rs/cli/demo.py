"""The tables of `posecodec demo`: every codec encodes and decodes annotated samples."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from posecodec_rs.cli import CommandError, human36m, interhand, synthetic
from posecodec_rs.cli.coco import Annotations
from posecodec_rs.cli.codecs import bottom_up, hand_3d, lifting, top_down
from posecodec_rs.cli.codecs.case import Case, Result, summarize
from posecodec_rs.cli.console import Column, Progress, Sheet
from posecodec_rs.cli.text import count_text, number, size_text

STATS = (("median", 3), ("mean", 6), ("p95", 5), ("max", 4))
"""Statistics of errors, and the order in which narrow tables leave them out."""


@dataclass(frozen=True)
class Section:
    """One table: codecs that take the same samples."""

    key: str  # its key in JSON
    sample: str  # what a codec encodes per call, such as "crop"
    codecs: Sequence[Case[Any]]
    samples: Sequence[Any]
    about: str  # the samples and sizes in words
    notes: Sequence[str]  # how to read the table
    facts: dict[str, Any]  # counts and sizes for JSON

    @property
    def title(self) -> str:
        """Of its table and of its figure."""
        return f"Keypoints → training targets → keypoints\n{self.about}"

    def sheet(self, results: Sequence[Result]) -> Sheet:
        """The results as a table."""
        targets = [result.targets_text() for result in results]
        columns = [
            Column("Codec", [result.name for result in results]),
            Column(f"targets per {self.sample}", targets, drop=9, below=True),
        ]
        if any(result.found is not None for result in results):
            shares = [result.found and "{} of {}".format(*result.found) for result in results]
            columns.append(Column("found", [share or "-" for share in shares]))
        for unit in results[0].errors:
            summaries = [summarize(result.errors[unit]) for result in results]
            where, _, px = unit.rpartition("_")
            for stat, drop in STATS if px == "mm" or where == "input" else STATS[:1]:
                cells = [number(summary[stat], 3) for summary in summaries]
                columns.append(
                    Column(f"{stat}\n{where or 'error'} {px}", cells, drop + (where == "image"))
                )
        for step in ("encode", "decode"):
            cells = [f"{getattr(result, f'{step}_us'):.1f}" for result in results]
            columns.append(Column(f"{step}\nµs", cells, drop=1))
        return Sheet(self.title, columns, self.notes)


@dataclass(frozen=True)
class Demo:
    """The results of all sections."""

    annotations: Annotations
    results: Sequence[tuple[Section, Sequence[Result]]]

    @classmethod
    def of(
        cls, annotations: Annotations, sections: Sequence[Section], progress: Progress
    ) -> "Demo":
        """Run every codec of all sections on every sample."""
        results = [
            (
                section,
                [codec.run(progress(codec.name, section.samples)) for codec in section.codecs],
            )
            for section in sections
        ]
        return cls(annotations, results)

    def sheets(self) -> list[Sheet]:
        """One table per section."""
        return [section.sheet(results) for section, results in self.results]

    def as_json(self) -> dict[str, Any]:
        """For programs: sizes are (w, h), shapes as arrays have them."""
        tables = {
            section.key: {**section.facts, "codecs": [result.as_json() for result in results]}
            for section, results in self.results
        }
        return {**self.annotations.as_json(), **tables}

    @property
    def measured(self) -> bool:
        """Whether any keypoint of the annotations was compared."""
        errors = [result.errors for _, results in self.results for result in results]
        return any(len(each.get("input_px", ())) for each in errors)


def sections(annotations: Annotations) -> list[Section]:
    """The tables for annotated images: each annotation's crop, and whole images."""
    images = annotations.images()
    about = "\n".join(filter(None, (annotations.subject(), annotations.about())))
    pixel = top_down.INPUT_SIZE[0] / top_down.HEATMAP_SIZE[0]
    return [
        Section(
            key="top_down",
            sample="crop",
            codecs=top_down.top_down_codecs(),
            samples=[top_down.CroppedPerson.of(person) for person in annotations.people],
            about=f"{about}\neach cropped to {size_text(top_down.INPUT_SIZE)} px; "
            f"heatmaps of {size_text(top_down.HEATMAP_SIZE)} px",
            notes=(
                "Error: distance between annotated and decoded keypoint, in pixels of the input "
                "and of the image, of labelled keypoints inside the input. `posecodec roundtrip` "
                f"measures the same. Codecs that round to heatmap pixels ({pixel:g} px) lose up to "
                "half of one along each axis, MegviiHeatmap up to three quarters.",
                "UDPHeatmap encodes with (w-1)/(W-1) and decodes with w/(W-1), as in MMPose. This "
                "matches crops made with `use_udp`, which are used here.",
                "Time: one call for one crop, one thread, median.",
            ),
            facts={"input_size": top_down.INPUT_SIZE, "heatmap_size": top_down.HEATMAP_SIZE},
        ),
        Section(
            key="bottom_up",
            sample="image",
            codecs=bottom_up.bottom_up_codecs(annotations.num_keypoints),
            samples=[bottom_up.MultiPersonSample.of(image) for image in images],
            about=f"{about}\nwhole images scaled to fit {size_text(bottom_up.INPUT_SIZE)} px; "
            f"heatmaps of {size_text(bottom_up.HEATMAP_SIZE)} px",
            notes=(
                "Found: annotations with a decoded pose whose labelled keypoints are within "
                f"{bottom_up.FOUND_PX:g} px on average; the errors are those of these. The others "
                "are too small for SPR (a box of less than 5 heatmap pixels), or share the heatmap "
                "pixel of their root, or all their heatmap pixels, with another one.",
                "DecoupledHeatmap's sigmas depend on the boxes and are not integers: as in MMPose, "
                "its peaks may be off by one heatmap pixel.",
                "AssociativeEmbedding decodes with tags that are correct at every keypoint; where "
                "the heatmap has no peak, it uses the position with the nearest tag.",
                "Time: one call for one image, one thread, median.",
            ),
            facts={"images": len(images), **bottom_up.SIZES},
        ),
    ]


def sections_3d(bodies: Path | None, cameras: Path | None, hands: Path | None) -> list[Section]:
    """The tables for 3D poses, of files or of synthetic samples.

    Args:
        bodies: Human3.6M frames, with `cameras`.
        cameras: Their cameras.
        hands: A folder of InterHand2.6M's annotations.
    """
    if (bodies is None) != (cameras is None):
        given, missing = (
            ("--cameras", "--body-3d") if bodies is None else ("--body-3d", "--cameras")
        )
        raise CommandError(f"{given} needs {missing}; {human36m.EXPECTED}")
    sequences = [synthetic.walk()]
    if bodies is not None and cameras is not None:
        sequences = human36m.read_sequences(bodies, cameras)
    pairs = (
        [synthetic.hands()] if hands is None else interhand.read_hands(hands, hand_3d.INPUT_SIZE)
    )
    if not pairs:
        raise CommandError(f"{hands} has no hands; {interhand.EXPECTED}")
    sources = ("synthetic", "read from files")
    frames = sum(len(sequence.poses) for sequence in sequences)
    return [
        Section(
            key="body_3d",
            sample="sequence",
            codecs=lifting.LIFTING_CODECS,
            samples=sequences,
            about=f"{count_text(len(sequences), 'sequence')} of {count_text(frames, 'frame')} in "
            f"all, {lifting.KEYPOINTS} keypoints, {sources[bodies is not None]}",
            notes=(
                "Error: distance between the original and the decoded keypoint in camera space, in "
                "millimeters. MotionBERTLabel decodes root-relative poses scaled to the image, in "
                "meters; its errors are relative to the poses that MotionBERT is tested with. "
                "ImagePoseLifting encodes the first frame of each sequence.",
                "Time: one call for one sequence, one thread, median.",
            ),
            facts={"sequences": len(sequences), "frames": frames},
        ),
        Section(
            key="hand_3d",
            sample="pair of hands",
            codecs=[hand_3d.HAND_CODEC],
            samples=pairs,
            about=f"{count_text(len(pairs), 'image')} of hands, {2 * hand_3d.JOINTS} joints, "
            f"{sources[hands is not None]}\ncropped to {size_text(hand_3d.INPUT_SIZE)} px",
            notes=(
                "Error: distance between the original and the decoded joint in camera space, in "
                "millimeters; joints are rounded to heatmap pixels of 4 px and 6.25 mm.",
                "Time: one call for one pair of hands, one thread, median.",
            ),
            facts={"images": len(pairs), "input_size": hand_3d.INPUT_SIZE},
        ),
    ]
