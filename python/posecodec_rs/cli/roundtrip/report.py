"""The results of `roundtrip`, as a table and as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from posecodec_rs.cli import console
from posecodec_rs.cli.codecs.demo_codec import Floats, summarize_errors
from posecodec_rs.cli.console import number, size_text
from posecodec_rs.cli.demo import about
from posecodec_rs.cli.roundtrip.measure import Measured, Workload

NARROW = 72
"""Terminal columns below which the table shows fewer statistics."""

WITHIN_PX = (0.5, 1.0, 2.0)
"""Limits in pixels of the input, for the share of errors below them."""


@dataclass(frozen=True, eq=False)
class Report:
    """The results of all candidates.

    Attributes:
        workload: The people that the codecs encoded.
        rows: One per codec and heatmap size.
    """

    workload: Workload
    rows: Sequence[Measured]

    @property
    def title(self) -> str:
        """The people and the size of their crops."""
        size = size_text(self.workload.input_size)
        return f"{about(self.workload.annotations)}\neach cropped to {size} px"

    def table(self, width: int) -> Table:
        """The results as a table for this number of terminal columns."""
        wide, narrow = width >= console.WIDE, width < NARROW
        made = console.table(f"Error of the codec alone\n{self.title}", self._caption(wide))
        longest = max(len(type(row.candidate.top_down.codec).__name__) for row in self.rows)
        made.add_column("Codec", overflow="fold", min_width=longest if wide or narrow else None)
        stats = ["mean", *["median"] * wide, *["p95"] * (not narrow), "max"]
        units = ("px", "map\npx") if wide else ("px",)
        limits = () if narrow else WITHIN_PX
        console.add_numbers(
            made,
            *("heatmap", "OKS\nAP", "OKS\nmean"),
            *(f"{stat}\n{unit}" for unit in units for stat in stats),
            *(f"<{limit:g}\npx" for limit in limits),
        )
        for row in self.rows:
            size, oks = row.candidate.heatmap_size, row.precision or {}
            errors = (row.input_px, row.heatmap_px(self.workload.input_size))
            summaries = [_summary(each) for each in errors[: len(units)]]
            shares = list(_shares(row.input_px).values())[: len(limits)]
            made.add_row(
                row.candidate.top_down.name,
                size_text(size) if size else "-",
                *(number(oks.get(stat), 3) for stat in ("ap", "mean")),
                *(number(summary.get(stat), 2) for summary in summaries for stat in stats),
                *("-" if share is None else f"{100 * share:.0f}%" for share in shares),
            )
        return made

    def as_json(self) -> dict[str, Any]:
        """For programs: sizes are (w, h); missing values are None."""
        annotations, sigmas = self.workload.annotations, self.workload.sigmas
        return {
            **annotations.as_json(),
            "input_size": self.workload.input_size,
            "sigmas": list(sigmas.values) or None,
            "sigmas_are": sigmas.source,
            "codecs": [
                {
                    "name": row.candidate.top_down.name,
                    "codec": repr(row.candidate.top_down.codec),
                    "heatmap_size": row.candidate.heatmap_size,
                    "keypoints_encoded": len(row.off),
                    "keypoints_lost": row.lost,
                    "error_input_px": summarize_errors(row.input_px),
                    "error_heatmap_px": None
                    if (errors := row.heatmap_px(self.workload.input_size)) is None
                    else summarize_errors(errors),
                    "share_within_input_px": _shares(row.input_px),
                    "oks": row.precision,
                }
                for row in self.rows
            ],
        }

    def _caption(self, wide: bool) -> str:
        lost = sorted({row.lost for row in self.rows})
        counts = f"{lost[0]} to {lost[-1]}" if len(lost) > 1 else f"{lost[0] or 'no'}"
        sigmas = self.workload.sigmas
        lines = [
            "px: distance between original and decoded keypoint, in input pixels"
            f"{'; map px: in heatmap pixels' if wide else ''}. {counts.capitalize()} labelled "
            "keypoints were lost (outside the crop or not encoded); they affect only the OKS.",
            "OKS AP: upper bound for a perfect network (pycocotools), with "
            f"{sigmas.source} sigmas ({', '.join(f'{each:g}' for each in sigmas.values[:17])}"
            f"{', …' if len(sigmas.values) > 17 else ''}). OKS mean: between each person and their "
            "own annotation."
            if sigmas.values
            else f"No OKS AP: {sigmas.source}.",
        ]
        if any(row.candidate.use_udp for row in self.rows):
            lines.append(
                "UDPHeatmap decodes with w/(W-1) where it encodes with (w-1)/(W-1). This matches "
                "crops made with MMPose's `use_udp`, which are used here; --no-use-udp shows the "
                "error without them."
            )
        return "\n" + "\n".join(lines)


def _summary(errors: Floats | None) -> Mapping[str, float | None]:
    return {} if errors is None else summarize_errors(errors)


def _shares(errors: Floats) -> dict[str, float | None]:
    """The share of errors below each limit of `WITHIN_PX`."""
    return {
        f"{limit:g}": float((errors < limit).mean()) if errors.size else None for limit in WITHIN_PX
    }
