"""What `roundtrip` found out, for people and for programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.table import Table

from posecodec_rs.cli.coco import Annotations
from posecodec_rs.cli.demo import WIDE, about
from posecodec_rs.cli.result import Floats
from posecodec_rs.cli.roundtrip.candidates import Size
from posecodec_rs.cli.roundtrip.measure import WITHIN_PX, Measured
from posecodec_rs.cli.roundtrip.sigmas import Sigmas

NAME_WIDTH = 23
"""Columns of "IntegralRegressionLabel"."""


@dataclass(frozen=True, eq=False)
class Report:
    """Everything there is to tell.

    Attributes:
        annotations: Who the codecs ran on.
        input_size: (w, h) in pixels, to which everyone was cropped.
        sigmas: Of OKS; without values if there is no AP.
        rows: One a codec and size.
    """

    annotations: Annotations
    input_size: Size
    sigmas: Sigmas
    rows: Sequence[Measured]

    @property
    def title(self) -> str:
        """Who was cropped to what."""
        return f"{about(self.annotations)}\neach cropped to {size_text(self.input_size)} px"

    def table(self, width: int) -> Table:
        """For people, on so many columns."""
        wide = width >= WIDE
        made = Table(
            title=f"What the codec alone costs\n{self.title}",
            title_style="bold",
            caption=self._caption(wide),
            caption_justify="left",
            box=SIMPLE_HEAD,
            padding=(0, 1, 0, 0),
            show_edge=False,
        )
        made.add_column("Codec", overflow="fold", min_width=NAME_WIDTH if wide else None)
        # Narrow terminals have room for some.
        stats = ("mean", "median", "p95", "max") if wide else ("mean", "p95", "max")
        units = ("px", "cells") if wide else ("px",)
        headings = ["heatmap", "OKS\nAP", "OKS\nmean"]
        headings += [f"{stat}\n{unit}" for unit in units for stat in stats]
        for heading in [*headings, *(f"<{limit:g}\npx" for limit in WITHIN_PX)]:
            made.add_column(heading, justify="right", no_wrap=True)
        for row in self.rows:
            size = row.candidate.heatmap_size
            cells = [row.candidate.top_down.name, size_text(size) if size else "-"]
            for stat in ("ap", "mean"):
                cells.append(_number(row.precision[stat] if row.precision else None, 3))
            for errors in (row.input_px, row.heatmap_px(self.input_size))[: len(units)]:
                summary = _summary(errors)
                cells += [_number(summary[stat], 2) for stat in stats]
            shares = _shares(row.input_px).values()
            cells += ["-" if share is None else f"{100 * share:.0f}%" for share in shares]
            made.add_row(*cells)
        return made

    def as_json(self) -> dict[str, Any]:
        """For programs: sizes are (w, h); what there is none of is None."""
        return {
            "annotations": self.annotations.source,
            "keypoints": self.annotations.num_keypoints,
            "people": len(self.annotations.people),
            "left_out": len(self.annotations.left_out),
            "input_size": self.input_size,
            "sigmas": list(self.sigmas.values) or None,
            "sigmas_are": self.sigmas.source,
            "codecs": [self._row(row) for row in self.rows],
        }

    def _row(self, row: Measured) -> dict[str, Any]:
        cells = row.heatmap_px(self.input_size)
        return {
            "name": row.candidate.top_down.name,
            "codec": repr(row.candidate.top_down.codec),
            "heatmap_size": row.candidate.heatmap_size,
            "keypoints_encoded": len(row.off),
            "keypoints_lost": row.lost,
            "error_input_px": _summary(row.input_px),
            "error_heatmap_px": None if cells is None else _summary(cells),
            "share_within_input_px": _shares(row.input_px),
            "oks": row.precision,
        }

    def _caption(self, wide: bool) -> str:
        lost = sorted({row.lost for row in self.rows})
        counts = f"{lost[0]} to {lost[-1]}" if len(lost) > 1 else f"{lost[0] or 'none'}"
        lines = [
            "px: how far a keypoint that was encoded and decoded again is from where it was, in "
            f"pixels of the input{'; cells: of the heatmap' if wide else ''}. Of the labelled "
            f"keypoints, {counts} lie outside the crop or are not encoded; those tell in the OKS "
            "alone.",
            "OKS AP: what a network that errs nowhere would reach, by pycocotools, with "
            f"{self.sigmas.source} sigmas. OKS mean: of everyone with themselves."
            if self.sigmas.values
            else f"No OKS AP: {self.sigmas.source}.",
        ]
        if any(row.candidate.use_udp for row in self.rows):
            lines.append(
                "UDPHeatmap decodes with w/(W-1) where it encodes with (w-1)/(W-1). That fits "
                "crops with MMPose's `use_udp`, which it gets (--no-use-udp: what it costs else)."
            )
        return "\n" + "\n".join(lines)


def size_text(size: Size) -> str:
    """As tables and plots have it."""
    return f"{size[0]}×{size[1]}"


def _summary(errors: Floats | None) -> dict[str, float | None]:
    """Mean, median, 95th percentile and largest error; None if no keypoint counts."""
    if errors is None or not errors.size:
        return dict.fromkeys(("mean", "median", "p95", "max"))
    median, p95 = (float(each) for each in np.percentile(errors, (50, 95)))
    return {"mean": float(errors.mean()), "median": median, "p95": p95, "max": float(errors.max())}


def _shares(errors: Floats) -> dict[str, float | None]:
    """Which share of errors lies under each limit of `WITHIN_PX`."""
    return {
        f"{limit:g}": float((errors < limit).mean()) if errors.size else None for limit in WITHIN_PX
    }


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"
