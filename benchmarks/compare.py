"""Ours beside MMPose's, the floor's and others' in one process, turn about; prints Markdown.

    python benchmarks/compare.py [--json FILE] [--plot FILE] [--readme FILE] [--markdown FILE]

Times are medians of rounds with their quartiles. Where MMPose, Numba, torch, transformers or rtmlib
are not installed, their columns and rows are left out. It takes some five minutes.
"""

import argparse
import json
import time
import warnings
from dataclasses import asdict
from pathlib import Path

from document import replace
from posecodec_rs.cli.bench import plot
from posecodec_rs.cli.bench.machine import Machine
from posecodec_rs.cli.bench.report import Report
from sections.batches import batches
from sections.calls import calls
from sections.floors import floors
from sections.memory import memory
from sections.others import others
from sections.overhead import overhead
from sections.section import Section, missed

COLOURS = 64
"""Of the picture: bars and letters need no more, and its file is a quarter."""


def main() -> None:
    """Measures, prints and writes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures here")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw every operation here")
    parser.add_argument(
        "--readme", type=Path, metavar="FILE", help="put the summary between this file's markers"
    )
    parser.add_argument(
        "--markdown", type=Path, metavar="FILE", help="put the tables between this file's markers"
    )
    options = parser.parse_args()
    warnings.simplefilter("ignore")  # MMPose's, of what NumPy gave up
    start = time.perf_counter()
    print(Machine.here().about)
    table, report = calls()
    sections = [table, *floors(), batches(), overhead(), others()]
    if (section := memory()) is not None:
        sections.append(section)
    print(f"\nGoals missed: {'; '.join(missed(sections)) or 'none'}.")
    print(f"It took {time.perf_counter() - start:.0f} s.")
    if options.json:
        options.json.write_text(json.dumps(_as_json(report, sections), indent=1))
    if options.plot:
        _draw(options.plot, report)
    if options.readme:
        replace(options.readme, _summary(report))
    if options.markdown:
        replace(options.markdown, _tables(report, sections))


def _as_json(report: Report, sections: list[Section]) -> dict:
    return {"machine": asdict(report.machine)} | {each.title: each.data for each in sections}


def _draw(path: Path, report: Report) -> None:
    from PIL import Image

    plot.save(path, report)
    Image.open(path).convert("RGB").quantize(COLOURS).save(path, optimize=True)


def _tables(report: Report, sections: list[Section]) -> str:
    return "\n\n".join([_measured_on(report), *(section.markdown() for section in sections)])


def _measured_on(report: Report) -> str:
    return f"Measured on: {report.machine.about}."


def _summary(report: Report) -> str:
    lines = ["| operation | posecodec_rs, µs | floor, µs | MMPose, µs | ratio |"]
    lines.append("|---|---:|---:|---:|---:|")
    for row in report.rows:
        mmpose = row.mmpose.shown if row.mmpose else ""
        ratio = f"{row.ratio:.1f}" if row.ratio else ""
        lines.append(f"| {row.name} | {row.ours.shown} | {row.floor.shown} | {mmpose} | {ratio} |")
    mean = (
        f" The geometric mean of the ratios is {report.mean_ratio:.0f}."
        if report.mean_ratio
        else ""
    )
    return "\n".join([*lines, "", f"{_measured_on(report)}{mean}"])


if __name__ == "__main__":
    main()
