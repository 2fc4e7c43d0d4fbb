"""What all figures share: colors, people, maps and keypoints, and how figures are saved.

A light or a dark background; people as pale silhouettes; maps in heat colors; rings for annotated
keypoints, crosses for decoded ones. All in pixels of the input.
"""

import math
import textwrap
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import colormaps, rc_context, rcParams
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D
from matplotlib.rcsetup import cycler
from numpy.typing import NDArray

from posecodec_rs.cli import CommandError
from posecodec_rs.cli.codecs.case import Floats, summarize
from posecodec_rs.cli.text import number

PEOPLE = ("C0", "C1", "C2", "C3")
"""Colors of people, or of keypoints. These and the next are the theme's, by their numbers."""
ANNOTATED, DECODED, BODY, ARROW = "C6", "C7", "C8", "C9"

NUM_GROUP_COLORS = 6
"""Of groups of rows in a chart, in turn: the first colors of the theme."""
INCHES_PER_ROW = 0.27
SMALLEST_PX = 1e-2
"""The lower end of axes of errors; what is smaller does not matter."""


def _from_transparent(name: str, *colors: tuple[float, float, float, float]) -> Any:
    return LinearSegmentedColormap.from_list(name, colors)


HEAT = _from_transparent(
    "heat", (1, 0.85, 0.35, 0), (1, 0.72, 0.25, 0.8), (0.93, 0.38, 0.12, 0.9), (0.6, 0.05, 0.15, 1)
)
"""From transparent over yellow to dark red."""
DARK_HEAT = _from_transparent(
    "heat", (0.4, 0.05, 0.2, 0), (0.55, 0.1, 0.2, 0.8), (0.8, 0.28, 0.1, 0.92), (0.98, 0.6, 0.1, 1)
)
"""From transparent over dark red to orange."""
DISC = _from_transparent("disc", (1, 0.7, 0.3, 0), (1, 0.7, 0.3, 0.75))

LIGHT = {
    "colors": "1f6fb4 c4510f 2b8a4b 7b4fb3 b5179e 8c6d31 1b2440 0077cc dfe3ee 555566",
    "figure": "#ffffff",
    "axes": "#fafafc",
    "text": "#111111",
    "pale": "#bbbbbb",
    "heat": HEAT,
}
DARK = {
    "colors": "6cb2f0 f09a5e 6fcf8f b99af0 f07fdc d8b96a f4f6fb 5cc8ff 3b4252 aab2c5",
    "figure": "#14171c",
    "axes": "#1b1f26",
    "text": "#e8eaf0",
    "pale": "#5a6272",
    "heat": DARK_HEAT,
}
"""Colors: of groups, keypoints, bodies and arrows; of backgrounds, text, borders and heatmaps."""


@contextmanager
def theme(*, dark: bool = False) -> Iterator[None]:
    """The style of all figures that are made in a `with` statement."""
    colors: Mapping[str, Any] = DARK if dark else LIGHT
    heat = f"posecodec {'dark' if dark else 'light'}"
    if heat not in colormaps:  # styles have names of maps
        colormaps.register(colors["heat"], name=heat)
    style = {
        "axes.prop_cycle": cycler(color=[f"#{each}" for each in colors["colors"].split()]),
        "image.cmap": heat,
        "axes.axisbelow": True,
        "grid.alpha": 0.3,
        "legend.frameon": False,
        **dict.fromkeys(("figure.facecolor", "savefig.facecolor"), colors["figure"]),
        "axes.facecolor": colors["axes"],
        **dict.fromkeys(("axes.edgecolor", "grid.color"), colors["pale"]),
        **dict.fromkeys(
            ("text.color", "axes.labelcolor", "xtick.color", "ytick.color"), colors["text"]
        ),
    }
    with rc_context(style):
        yield


FACE, SHOULDERS, TORSO = range(5), (5, 6), (5, 6, 12, 11)
"""Indices of COCO's keypoints; the keypoints of most files begin with them."""


@dataclass(frozen=True)
class Grid:
    """The position of a heatmap on the input."""

    size: tuple[int, int]  # (W, H) in heatmap pixels
    input_size: tuple[int, int]  # (w, h) in pixels
    # Whether the centers of both the first and the last heatmap pixel coincide with those of the
    # input, as with UDP; without it only those of the first do
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
    axes.set(xlim=(-0.5, w - 0.5), ylim=(h - 0.5, -0.5), aspect="equal")
    axes.set(xticks=(0, w // 2, w - 1), yticks=(0, h // 2, h - 1))
    axes.tick_params(labelsize=8, length=2)


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
    style = {"vmin": 0, "vmax": largest, "interpolation": "nearest", **style}
    axes.imshow(values, extent=grid.extent, **style)


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
    figure.legend(handles=handles, loc="outside lower center", ncols=columns, **style)


def dots(
    axes: Axes,
    rows: Mapping[str, str],
    series: Mapping[str, Sequence[float | None]],
    labels: Sequence[str],
) -> None:
    """Draw a chart of one row per name and one dot per series, for linear or logarithmic axes.

    Args:
        axes: The panel.
        rows: The groups of the rows, by the rows' names; those of a group have the same color.
        series: By the label: values of the rows; None leaves out a dot.
        labels: Of the rows, written next to their dots.
    """
    groups = list(dict.fromkeys(rows.values()))
    cells = zip(rows.values(), labels, *series.values(), strict=True)
    for row, (group, label, *values) in enumerate(cells):
        known = [value for value in values if value is not None]
        if not known:
            continue
        color = f"C{groups.index(group) % NUM_GROUP_COLORS}"
        axes.plot([min(known), max(known)], [row, row], color=color, lw=1.5, alpha=0.5)
        for order, value in enumerate(known):
            fill = rcParams["axes.facecolor"] if order else color
            axes.plot(value, row, "o", ms=6, mfc=fill, mec=color, zorder=4 - order)
        position: dict[str, Any] = {"textcoords": "offset points", "va": "center", "fontsize": 8}
        axes.annotate(label, (max(known), row), (7, 0), **position)
    handles = [
        Line2D([], [], ls="none", marker="o", mec=ARROW, mfc=fill, label=label)
        for label, fill in zip(series, (ARROW, "none"), strict=False)
    ]
    place: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0, 1)}
    if len(handles) > 1:
        axes.legend(handles=handles, ncols=len(handles), fontsize=9, handletextpad=0.2, **place)
    axes.set_yticks(range(len(rows)), list(rows), fontsize=9)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="x")


def joined(series: Mapping[str, Sequence[float | None]], digits: int) -> list[str]:
    """The labels of rows: the values of all series, such as "1.64 / 2.51"."""
    rows = zip(*series.values(), strict=True)
    return [" / ".join(number(value, digits) for value in row) for row in rows]


def decades(axes: Axes, series: Mapping[str, Sequence[float | None]], least: float = 0.0) -> None:
    """A logarithmic x axis for a chart of `dots`, with ticks at powers of ten and room for labels.

    Args:
        axes: The panel.
        series: The values.
        least: The lower end of the axis, where smaller values are drawn; 0 if there is none.
    """
    values = [value for each in series.values() for value in each if value] or [1.0]
    low = math.floor(math.log10(least or min(values)))
    end = 6 * max(*values, 10.0**low)
    powers = [tick for power in range(low, 12) if (tick := 10.0**power) < end]
    ticks = {tick: f"{tick:g}" if tick < 1e4 else f"{tick / 1e3:g}k" for tick in powers}
    if least:
        ticks[least] = f"≤ {least:g}"
    axes.set(xscale="log", xlim=(10.0**low * 0.8, end))
    axes.set_xticks(list(ticks), list(ticks.values()))
    axes.set_xticks([], minor=True)


def draw_errors(axes: Axes, rows: Mapping[str, str], errors: Sequence[Floats]) -> None:
    """A chart of the median and the 95th percentile of errors in input pixels."""
    stats = [summarize(each) for each in errors]
    series = {
        label: [None if (px := each[stat]) is None else max(px, SMALLEST_PX) for each in stats]
        for label, stat in (("median", "median"), ("95th percentile", "p95"))
    }
    small = f"≤ {SMALLEST_PX:g}"
    labels = [
        label if (each["p95"] or 0) > SMALLEST_PX else small
        for label, each in zip(joined(series, 2), stats, strict=True)
    ]
    dots(axes, rows, series, labels)
    decades(axes, series, SMALLEST_PX)
    axes.set_xlabel("error, input pixels")


def heading(figure: Figure, text: str, size: int) -> None:
    """The title of a figure: its first line in bold, and long lines wrapped."""
    subject, *about = text.split("\n")
    columns = int(105 * figure.get_figwidth() / size)
    plain_text = (line.replace("$", r"\$") for line in about)
    lines = [part for line in plain_text for part in textwrap.wrap(line, columns)]
    bold = subject.replace(" ", r"\ ")
    figure.suptitle("\n".join((rf"$\bf{{{bold}}}$", *lines)), fontsize=size)


def check_path(path: Path | None) -> None:
    """Create the figure's folder; raises CommandError if no figure can be saved as `path`."""
    if path is None:
        return
    known = FigureCanvasAgg.get_supported_filetypes()
    if path.is_dir() or path.suffix.lower().removeprefix(".") not in known:
        raise CommandError(f"cannot save a figure as {path}; the name must end like demo.png")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"cannot create the folder {path.parent} ({error.strerror})") from error


def write(figure: Figure, path: Path) -> None:
    """Save a figure in the format of the name's suffix."""
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Glyph")  # names in other scripts
            figure.savefig(path)
    except OSError as error:
        raise CommandError(f"cannot write {path} ({error.strerror})") from error
