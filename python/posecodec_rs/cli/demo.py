"""The tables of `posecodec demo`: every codec encodes and decodes annotated samples."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from posecodec_rs.cli import CommandError, console, human36m, interhand, synthetic
from posecodec_rs.cli.coco import Annotations
from posecodec_rs.cli.codecs import bottom_up, hand_3d, lifting, top_down
from posecodec_rs.cli.codecs.demo_codec import DemoCodec, Result, summarize_errors
from posecodec_rs.cli.console import Progress, count_text, size_text


@dataclass(frozen=True)
class Section:
    """One table: codecs that take the same samples.

    Attributes:
        key: Its key in JSON.
        sample: What a codec encodes per call, such as "person".
        codecs: The codecs.
        samples: The samples.
        about: The samples and sizes in words.
        caption: How to read the errors.
        unit: Of the errors.
        facts: Counts and sizes for JSON.
    """

    key: str
    sample: str
    codecs: Sequence[DemoCodec[Any]]
    samples: Sequence[Any]
    about: str
    caption: str
    unit: str
    facts: dict[str, Any]

    @property
    def steps(self) -> int:
        """The number of samples times the number of codecs."""
        return len(self.codecs) * len(self.samples)

    def run(self, progress: Progress) -> list[Result]:
        """Run every codec on every sample."""
        return [each.run(progress(each.name, self.samples)) for each in self.codecs]

    def table(self, results: Sequence[Result], width: int) -> Table:
        """The results as a table for this number of terminal columns."""
        wide = width >= console.WIDE
        made = console.table(
            f"Keypoints → training targets → keypoints\n{self.about}",
            self.caption,
            leading=0 if wide else 1,
        )
        targets = f"targets per {self.sample}"
        made.add_column("Codec" if wide else f"Codec, {targets}", overflow="fold")
        if wide:
            made.add_column(targets.capitalize())
        has_found = any(result.found is not None for result in results)
        console.add_numbers(
            made,
            *["people\nfound again"] * has_found,
            *(f"error,\n{heading} {self.unit}" for heading in ("mean", "p95", "max")),
            *(f"{heading}\nµs" for heading in ("encode", "decode")),
        )
        for result in results:
            names = (result.name, result.targets_text())
            summary = summarize_errors(result.errors)
            made.add_row(
                *(names if wide else ["\n".join(names)]),
                *[_share(*result.found) if result.found is not None else "-"] * has_found,
                *(console.number(summary[stat], 3) for stat in ("mean", "p95", "max")),
                *(f"{time_us:.1f}" for time_us in (result.encode_us, result.decode_us)),
            )
        return made

    def as_json(self, results: Sequence[Result]) -> dict[str, Any]:
        """The results for programs: sizes are (w, h), shapes as arrays have them."""
        return {**self.facts, "codecs": [result.as_json(self.unit) for result in results]}


def sections(annotations: Annotations) -> list[Section]:
    """The tables for annotated images: each person's crop, and whole images."""
    images = annotations.images()
    return [
        Section(
            key="top_down",
            sample="person",
            codecs=top_down.top_down_codecs(),
            samples=annotations.people,
            about=f"{about(annotations)}\neach cropped to {size_text(top_down.INPUT_SIZE)} px; "
            f"heatmaps of {size_text(top_down.HEATMAP_SIZE)} px",
            caption=_top_down_caption(),
            unit="px",
            facts={"people": len(annotations.people), **top_down.SMALL},
        ),
        Section(
            key="bottom_up",
            sample="image",
            codecs=bottom_up.bottom_up_codecs(annotations.num_keypoints),
            samples=images,
            about=f"{about(annotations)}\nwhole images scaled to fit "
            f"{size_text(bottom_up.INPUT_SIZE)} px; heatmaps of "
            f"{size_text(bottom_up.HEATMAP_SIZE)} px",
            caption=_bottom_up_caption(),
            unit="px",
            facts={"images": len(images), **bottom_up.SIZES},
        ),
    ]


def sections_3d(bodies: Path | None, cameras: Path | None, hands: Path | None) -> list[Section]:
    """The tables for 3D poses, of files or of synthetic samples.

    Args:
        bodies: Human3.6M frames, with `cameras`.
        cameras: Their cameras.
        hands: A folder of InterHand2.6M's annotations.

    Raises:
        CommandError: If a file is missing or has another format.
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
            codecs=lifting.lifting_codecs(),
            samples=sequences,
            about=f"{count_text(len(sequences), 'sequence')} of {count_text(frames, 'frame')} in "
            f"all, {lifting.KEYPOINTS} keypoints, {sources[bodies is not None]}",
            caption="Error: distance between the original and the decoded keypoint along x, y or z "
            "of camera space, in millimeters. MotionBERTLabel decodes root-relative poses scaled "
            "to the image, in meters; its errors are relative to the poses that MotionBERT is "
            "tested with. ImagePoseLifting encodes the first frame of each sequence.\n"
            "Time: one call for one sequence, one thread, median.",
            unit="mm",
            facts={"sequences": len(sequences), "frames": frames},
        ),
        Section(
            key="hand_3d",
            sample="pair of hands",
            codecs=hand_3d.hand_3d_codecs(),
            samples=pairs,
            about=f"{count_text(len(pairs), 'image')} of hands, {2 * hand_3d.JOINTS} joints, "
            f"{sources[hands is not None]}\ncropped to {size_text(hand_3d.INPUT_SIZE)} px",
            caption="Error: distance between the original and the decoded joint along x, y or z of "
            "camera space, in millimeters; joints are rounded to heatmap pixels of 4 px and 6.25 "
            "mm.\nTime: one call for one pair of hands, one thread, median.",
            unit="mm",
            facts={"images": len(pairs), "input_size": hand_3d.INPUT_SIZE},
        ),
    ]


def about(annotations: Annotations) -> str:
    """The annotations in one line, and their problems in a second one."""
    people = (
        f"{count_text(len(annotations.people), 'person', 'people')} in "
        f"{count_text(annotations.num_images, 'image')}, {annotations.num_keypoints} keypoints "
        f"each ({annotations.num_labelled} labelled in all)"
    )
    return "\n".join(filter(None, (people, annotations.about())))


def _top_down_caption() -> str:
    pixel = top_down.INPUT_SIZE[0] / top_down.HEATMAP_SIZE[0]
    return (
        "Error: distance between the original and the decoded keypoint along x or y, in pixels of "
        f"the {size_text(top_down.INPUT_SIZE)} input, over labelled keypoints inside it. Codecs "
        f"that round to heatmap pixels ({pixel:g} px) lose up to half a heatmap pixel, "
        "MegviiHeatmap up to three quarters; more if the nearest one is outside.\n"
        "UDPHeatmap encodes with (w-1)/(W-1) and decodes with w/(W-1), as in MMPose, so its points "
        "are up to 1 px farther out at the right and bottom edge.\n"
        "Time: one call for one person, one thread, median."
    )


def _bottom_up_caption() -> str:
    return (
        "Found again: people with a decoded pose whose labelled keypoints are within "
        f"{bottom_up.FOUND_PX:g} px on average; the errors are those people's, in pixels of the "
        f"{size_text(bottom_up.INPUT_SIZE)} input. The others are too small for SPR (a box of less "
        "than 5 heatmap pixels), or share the heatmap pixel of their root, or all their heatmap "
        "pixels, with another person.\n"
        "DecoupledHeatmap's sigmas depend on the boxes and are not integers: as in MMPose, its "
        "peaks may be off by one heatmap pixel.\n"
        "AssociativeEmbedding decodes with tags that are correct at every keypoint; where the "
        "heatmap has no peak, it uses the position with the nearest tag.\n"
        "Time: one call for one image, one thread, median."
    )


def _share(found: int, people: int) -> str:
    return f"{found} of {people}" + (f" ({found / people:.0%})" if people else "")
