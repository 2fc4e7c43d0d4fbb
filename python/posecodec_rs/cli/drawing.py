"""What all figures share: colors, people, maps and keypoints, and how figures are saved.

A light background; people as pale silhouettes; maps in heat colors; rings for annotated keypoints,
crosses for decoded ones. All in pixels of the input.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from posecodec_rs.cli import CommandError
from posecodec_rs.cli.codecs.demo_codec import Floats

PAPER, BODY = "#fafafc", "#dfe3ee"
ANNOTATED, DECODED = "#1b2440", "#0077cc"
PEOPLE = ("#1f6fb4", "#c4510f", "#2b8a4b", "#7b4fb3")
"""Of people, or of keypoints."""

HEAT = LinearSegmentedColormap.from_list(
    "heat",
    [(1, 0.85, 0.35, 0), (1, 0.72, 0.25, 0.8), (0.93, 0.38, 0.12, 0.92), (0.6, 0.05, 0.15, 1)],
)
"""From transparent over yellow to dark red."""
DISC = LinearSegmentedColormap.from_list("disc", [(1, 0.7, 0.3, 0), (1, 0.7, 0.3, 0.75)])
SIGNED = LinearSegmentedColormap.from_list("signed", ["#2166ac", "#f7f7f7", "#b2182b"])

FACE, SHOULDERS, TORSO = range(5), (5, 6), (5, 6, 12, 11)
"""Indices of COCO's keypoints; the keypoints of most files begin with them."""


@dataclass(frozen=True)
class Grid:
    """The position of a heatmap on the input.

    Attributes:
        size: (W, H) in heatmap pixels.
        input_size: (w, h) in pixels.
        is_udp: Whether the centers of both the first and the last heatmap pixel coincide with those
            of the input, as with UDP; without it only those of the first do.
    """

    size: tuple[int, int]
    input_size: tuple[int, int]
    is_udp: bool = False

    @property
    def step(self) -> NDArray[Any]:
        """Input pixels between adjacent heatmap pixels, along x and y."""
        return np.subtract(self.input_size, self.is_udp) / np.subtract(self.size, self.is_udp)

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Left, right, bottom and top border in input pixels."""
        (left, top), (right, bottom) = -self.step / 2, (np.array(self.size) - 0.5) * self.step
        return left, right, bottom, top


def prepare(axes: Axes, input_size: tuple[int, int]) -> None:
    """Set the limits and ticks of a panel that shows the input."""
    w, h = input_size
    axes.set(xlim=(-0.5, w - 0.5), ylim=(h - 0.5, -0.5), aspect="equal", facecolor=PAPER)
    axes.set(xticks=(0, w // 2, w - 1), yticks=(0, h // 2, h - 1))
    axes.tick_params(labelsize=8, length=2, color="#999999", labelcolor="#666666")
    axes.spines[:].set_color("#bbbbbb")


def silhouette(
    axes: Axes,
    points: Floats,
    labelled: NDArray[np.bool_],
    skeleton: Sequence[tuple[int, int]],
    *,
    has_body: bool = True,
    color: str = BODY,
) -> None:
    """Draw limbs along the bones, and a trunk and a head for COCO's keypoints.

    Args:
        axes: The panel.
        points: Shape (K, 2).
        labelled: Shape (K,); other keypoints are not drawn.
        skeleton: Pairs of keypoint indices.
        has_body: Whether the keypoints begin with COCO's.
        color: Of the body.
    """
    bones = [bone for bone in skeleton if labelled[list(bone)].all()]
    if not bones:
        return
    thick = 0.035 * float(np.ptp(points[labelled], axis=0).max())
    shapes = [_limb(points[a], points[b], thick) for a, b in bones]
    if has_body and labelled[list(TORSO)].all():
        shapes.append(points[list(TORSO)])
    head = [index for index in FACE if labelled[index]] if has_body else []
    if head:
        center = points[head].mean(axis=0)
        reach = np.linalg.norm(points[head] - center, axis=1).max()
        shapes.append(_limb(center, center, max(2.2 * thick, 1.4 * float(reach))))
        neck = [index for index in SHOULDERS if labelled[index]]
        if len(neck) == len(SHOULDERS):
            shapes.append(np.stack([center, *points[neck]]))
    axes.add_collection(PolyCollection(shapes, color=color, linewidths=0, zorder=-1))


def _limb(start: Floats, end: Floats, radius: float) -> NDArray[Any]:
    """The outline of a line segment with round ends."""
    along = np.arctan2(*(end - start)[::-1])
    turns = np.linspace(np.pi / 2, 3 * np.pi / 2, 12)
    ends = [(start, along + turns), (end, along + turns + np.pi)]
    return np.concatenate(
        [center + radius * np.stack([np.cos(a), np.sin(a)], axis=-1) for center, a in ends]
    )


def heat(axes: Axes, values: Floats, grid: Grid, **style: Any) -> None:
    """Draw a map (H, W), from 0 to its maximum, at its position on the input."""
    largest = max(float(values.max()), 1e-12)
    style = {"cmap": HEAT, "vmin": 0, "vmax": largest, "interpolation": "nearest", **style}
    axes.imshow(values, extent=grid.extent, **style)


def offsets(axes: Axes, disc: Floats, moves: Floats, grid: Grid) -> None:
    """Draw half of the offset from each heatmap pixel of a disc to its keypoint.

    Arrows of full length would all end in the same spot.

    Args:
        axes: The panel.
        disc: Shape (H, W), above 0 inside the disc.
        moves: Shape (2, H, W), in heatmap pixels along x and y.
        grid: Of the maps.
    """
    rows, columns = np.nonzero(disc)
    starts = np.stack([columns, rows], axis=-1) * grid.step
    half = 0.5 * moves[:, rows, columns].T * grid.step
    style: dict[str, Any] = {"angles": "xy", "scale_units": "xy", "scale": 1, "width": 0.009}
    axes.quiver(*starts.T, *half.T, color="#555566", **style)


def profile(
    axes: Axes, vectors: Sequence[Floats], input_size: tuple[int, int], high: float, color: str
) -> None:
    """Draw vectors as profiles with a height in pixels: x on the lower edge, y on the left one."""
    (w, h), (along_x, along_y) = input_size, (vector / vector.max() for vector in vectors)
    bins_x, bins_y = (np.arange(len(each)) / len(each) for each in (along_x, along_y))
    style: dict[str, Any] = {"color": color, "alpha": 0.55, "lw": 0}
    axes.fill_between(bins_x * w, h - 0.5, h - 0.5 - high * along_x, **style)
    axes.fill_betweenx(bins_y * h, -0.5, -0.5 + high * along_y, **style)


def keypoints(axes: Axes, annotated: Floats, decoded: Floats, size: float) -> None:
    """Draw annotated and decoded keypoints, both (E, 2)."""
    axes.plot(*np.reshape(annotated, (-1, 2)).T, **mark("o", size + 1))
    axes.plot(*np.reshape(decoded, (-1, 2)).T, **mark("x", size))


def mark(marker: str, size: float) -> dict[str, Any]:
    """The style of a keypoint: "o" annotated, "x" decoded."""
    color = ANNOTATED if marker == "o" else DECODED
    line = min(1.2, 0.24 * size)
    return {"marker": marker, "ls": "none", "ms": size, "mfc": "none", "mew": line, "mec": color}


def key(figure: Figure | SubFigure, size: float, *, decoded: bool = True, **style: Any) -> None:
    """A legend of the marks of keypoints, below all panels."""
    marks = {"annotated keypoint": ("o", size)}
    if decoded:
        marks["decoded keypoint"] = ("x", size - 1)
    handles = [Line2D([], [], label=label, **mark(*each)) for label, each in marks.items()]
    columns = len(handles)
    figure.legend(
        handles=handles, loc="outside lower center", ncols=columns, frameon=False, **style
    )


def plain(axes: Axes, grid: Literal["x", "both"] = "both") -> None:
    """Style a chart: a pale grid behind the data, and two borders."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis=grid, alpha=0.3)
    axes.set_axisbelow(True)


def check_path(path: Path) -> None:
    """Create the figure's folder; raises CommandError if no figure can be saved as `path`."""
    known = FigureCanvasAgg.get_supported_filetypes()
    if path.is_dir() or path.suffix.lower().removeprefix(".") not in known:
        raise CommandError(f"cannot save a figure as {path}; the name must end like demo.png")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"cannot create the folder {path.parent} ({error.strerror})") from error


def write(figure: Figure, path: Path) -> None:
    """Save a figure in the format of the name's suffix.

    Raises:
        CommandError: If the file cannot be written.
    """
    try:
        figure.savefig(path)
    except OSError as error:
        raise CommandError(f"cannot write {path} ({error.strerror})") from error
