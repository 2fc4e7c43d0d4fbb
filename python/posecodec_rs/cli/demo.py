"""What `posecodec demo` says: every codec on annotated people, there and back again."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from rich.box import SIMPLE_HEAD
from rich.table import Table

from posecodec_rs.cli import body_3d, bottom_up, hand_3d, top_down
from posecodec_rs.cli.coco import Annotations
from posecodec_rs.cli.motion import Hands, Movement
from posecodec_rs.cli.result import Result

WIDE = 120
"""Terminal columns from which on what a codec makes has a column of its own."""

Counted: TypeAlias = Callable[[str, Iterable[Any]], Iterator[Any]]
"""Counts samples under a name while they are taken."""


class Subject(Protocol):
    """What gets a row of a table: a codec and how it is used."""

    @property
    def name(self) -> str:
        """As the table has it."""

    def run(self, samples: Iterable[Any]) -> Result:
        """Encode and decode every sample; takes each once, as progress is counted by that."""


@dataclass(frozen=True)
class Section:
    """One table: codecs that take the same samples.

    Attributes:
        key: Its name for programs.
        sample: What a codec makes its targets of, in a word.
        subjects: The codecs.
        samples: What they run on.
        about: Who that is, and the sizes.
        caption: How to read the errors.
        unit: That of the errors.
        facts: What programs want to know besides.
    """

    key: str
    sample: str
    subjects: Sequence[Subject]
    samples: Sequence[Any]
    about: str
    caption: str
    unit: str
    facts: dict[str, Any]

    @property
    def work(self) -> int:
        """How many samples are taken by all codecs."""
        return len(self.subjects) * len(self.samples)

    def run(self, counted: Counted) -> list[Result]:
        """Every codec on every sample."""
        return [each.run(counted(each.name, self.samples)) for each in self.subjects]

    def table(self, results: Sequence[Result], width: int) -> Table:
        """The results for people who read, on so many columns."""
        wide = width >= WIDE
        made = Table(
            title=f"Keypoints → training targets → keypoints\n{self.about}",
            title_style="bold",
            caption=self.caption,
            caption_justify="left",
            box=SIMPLE_HEAD,
            padding=(0, 1),
            leading=0 if wide else 1,
        )
        makes = f"akes of a {self.sample}"
        made.add_column("Codec" if wide else f"Codec, and what it m{makes}", overflow="fold")
        if wide:
            made.add_column(f"M{makes}")
        finds = any(result.found is not None for result in results)
        if finds:
            made.add_column("people\nfound again", justify="right", no_wrap=True)
        for heading in ("mean", "p95", "max"):
            made.add_column(f"error,\n{heading} {self.unit}", justify="right", no_wrap=True)
        for heading in ("encode", "decode"):
            made.add_column(f"{heading}\nµs", justify="right", no_wrap=True)
        for result in results:
            names = (result.name, result.made()) if wide else (f"{result.name}\n{result.made()}",)
            found = [_share(*result.found)] if result.found is not None else ["-"] * finds
            errors = [
                "-" if error is None else f"{error:.3f}" for error in result.summary().values()
            ]
            times = [f"{time_us:.1f}" for time_us in (result.encode_us, result.decode_us)]
            made.add_row(*names, *found, *errors, *times)
        return made

    def as_json(self, results: Sequence[Result]) -> dict[str, Any]:
        """The results for programs: sizes are (w, h), shapes as arrays have them."""
        return {**self.facts, "codecs": [result.as_json(self.unit) for result in results]}


def sections(annotations: Annotations) -> list[Section]:
    """The tables for annotated pictures: people one by one, and pictures with everyone in them."""
    pictures = annotations.pictures()
    return [
        Section(
            key="top_down",
            sample="person",
            subjects=top_down.top_down_codecs(),
            samples=annotations.people,
            about=f"{about(annotations)}\neach cropped to {_size(top_down.INPUT_SIZE)} px; "
            f"heatmaps of {_size(top_down.HEATMAP_SIZE)} cells",
            caption=_top_down_caption(),
            unit="px",
            facts=_facts(
                top_down.INPUT_SIZE, top_down.HEATMAP_SIZE, people=len(annotations.people)
            ),
        ),
        Section(
            key="bottom_up",
            sample="picture",
            subjects=bottom_up.bottom_up_codecs(annotations.num_keypoints),
            samples=pictures,
            about=f"{about(annotations)}\nwhole pictures scaled into "
            f"{_size(bottom_up.INPUT_SIZE)} px; heatmaps of {_size(bottom_up.HEATMAP_SIZE)} cells",
            caption=_bottom_up_caption(),
            unit="px",
            facts=_facts(bottom_up.INPUT_SIZE, bottom_up.HEATMAP_SIZE, pictures=len(pictures)),
        ),
    ]


def sections_3d(
    of_bodies: tuple[Sequence[Movement], str], of_hands: tuple[Sequence[Hands], str]
) -> list[Section]:
    """The tables for poses in space.

    Args:
        of_bodies: People in front of a camera, and where they come from.
        of_hands: Hands in front of a camera, cropped to the codec's input, and where from.
    """
    (bodies, bodies_from), (hands, hands_from) = of_bodies, of_hands
    frames = sum(len(movement.poses) for movement in bodies)
    return [
        Section(
            key="body_3d",
            sample="sequence",
            subjects=body_3d.body_3d_codecs(),
            samples=bodies,
            about=f"{_many(len(bodies), 'sequence')} of {_many(frames, 'frame')} in all, "
            f"{body_3d.KEYPOINTS} keypoints, {bodies_from}",
            caption="Error: how far a keypoint is from where it was along x, y or z of the "
            "camera's space, in millimetres. MotionBERTLabel decodes poses as the picture shows "
            "them, in metres around the root: its errors are against those that "
            "MotionBERT is tested with. ImagePoseLifting gets the first frame of each sequence.\n"
            "Time: a call for one sequence, one thread, median.",
            unit="mm",
            facts={"sequences": len(bodies), "frames": frames},
        ),
        Section(
            key="hand_3d",
            sample="pair of hands",
            subjects=hand_3d.hand_3d_codecs(),
            samples=hands,
            about=f"{_many(len(hands), 'picture')} of hands, {2 * hand_3d.JOINTS} joints, "
            f"{hands_from}\n"
            f"cropped to {_size(hand_3d.INPUT_SIZE)} px",
            caption="Error: how far a joint is from where it was along x, y or z of the camera's "
            "space, in millimetres: joints are rounded to cells of 4 px and 6.25 mm.\n"
            "Time: a call for one pair of hands, one thread, median.",
            unit="mm",
            facts={"pictures": len(hands), "input_size": hand_3d.INPUT_SIZE},
        ),
    ]


def about(annotations: Annotations) -> str:
    """Who the codecs ran on."""
    people, pictures = len(annotations.people), annotations.num_pictures
    return (
        f"{people} {'person' if people == 1 else 'people'} in {_many(pictures, 'picture')}, "
        f"{annotations.num_keypoints} keypoints each "
        f"({annotations.num_labelled} labelled in all)"
    )


def _top_down_caption() -> str:
    cell = top_down.INPUT_SIZE[0] / top_down.HEATMAP_SIZE[0]
    return (
        "Error: how far a keypoint that was encoded and decoded again is from where it was, along "
        f"x or along y, in pixels of the {_size(top_down.INPUT_SIZE)} input; labelled keypoints "
        f"inside it. Codecs that round to heatmap cells ({cell:g} px) lose up to half a cell, "
        "MegviiHeatmap up to three quarters, and more where the nearest cell lies outside.\n"
        "UDPHeatmap encodes with (w-1)/(W-1) and decodes with w/(W-1), as in MMPose, so its points "
        "lie up to 1 px further out at the right and bottom edge.\n"
        "Time: a call for one person, one thread, median."
    )


def _bottom_up_caption() -> str:
    return (
        "Found again: decoded people whose labelled keypoints lie within "
        f"{bottom_up.FOUND_PX:g} px of an annotated person's on average; the errors are theirs, in "
        f"pixels of the {_size(bottom_up.INPUT_SIZE)} input. What is not found is too small for "
        "SPR (a box of under 5 cells), shares its root's cell with someone, or lies in the same "
        "heatmap cells as someone else.\n"
        "DecoupledHeatmap's sigmas follow from boxes and are no whole numbers: as in MMPose, its "
        "peaks may then lie a cell off.\n"
        "AssociativeEmbedding decodes with tags that are right at every keypoint, as a well "
        "trained network's are; where the heatmap has no peak of its own, it guesses by tag.\n"
        "Time: a call for one picture, one thread, median."
    )


def _facts(
    input_size: tuple[int, int], heatmap_size: tuple[int, int], **facts: int
) -> dict[str, Any]:
    return {**facts, "input_size": input_size, "heatmap_size": heatmap_size}


def _share(found: int, people: int) -> str:
    return f"{found} of {people}" + (f" ({found / people:.0%})" if people else "")


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _size(size: tuple[int, int]) -> str:
    return f"{size[0]}×{size[1]}"
