"""Compares with MMPose, lower bounds and other libraries, alternating in one process.

    python benchmarks/compare.py [--json FILE] [--plot FILE] [--readme FILE] [--markdown FILE]

Prints Markdown. Times are medians of rounds with their quartiles. Columns and rows of MMPose,
Numba, torch, transformers and rtmlib are left out if they are not installed. It takes three to four
minutes.
"""

import argparse
import json
import time
import warnings
from dataclasses import asdict
from pathlib import Path
from statistics import geometric_mean

from posecodec_rs.cli.bench import plot
from posecodec_rs.cli.bench.machine import Machine
from posecodec_rs.cli.bench.report import Report
from sections.alternatives import alternatives
from sections.batches import batches
from sections.calls import calls
from sections.cold_data import cold_data
from sections.first_calls import first_calls
from sections.fresh_memory import fresh_memory
from sections.inputs import inputs
from sections.lower_bounds import lower_bounds
from sections.memory import memory
from sections.overhead import overhead
from sections.section import Section, missed
from update_docs import replace

COLORS = 64
"""Colors of the chart's palette: enough for bars and text, at a quarter of the bytes."""


def main() -> None:
    """Measure, print and write."""
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
    warnings.simplefilter("ignore")  # MMPose uses deprecated parts of NumPy
    start = time.perf_counter()
    print(Machine.here().about)
    table, report = calls()
    kept, cold = fresh_memory(), cold_data()
    sections = [table, kept, cold, *inputs(), *lower_bounds(), batches()]
    sections += [overhead(), alternatives()]
    sections += filter(None, (first_calls(), memory()))
    print(f"\nTargets missed: {'; '.join(missed(sections)) or 'none'}.")
    print(f"It took {time.perf_counter() - start:.0f} s.")
    if options.json:
        options.json.write_text(json.dumps(_as_json(report, sections), indent=1))
    if options.plot:
        _draw(options.plot, report)
    if options.readme:
        replace(options.readme, _summary(report, kept, cold))
    if options.markdown:
        replace(options.markdown, _tables(report, sections))


def _as_json(report: Report, sections: list[Section]) -> dict:
    return {"machine": asdict(report.machine)} | {each.title: each.data for each in sections}


def _draw(path: Path, report: Report) -> None:
    from PIL import Image

    plot.save(path, report)
    Image.open(path).convert("RGB").quantize(COLORS).save(path, optimize=True)


def _tables(report: Report, sections: list[Section]) -> str:
    return "\n\n".join([_measured_on(report), *(section.markdown() for section in sections)])


def _measured_on(report: Report) -> str:
    return f"Measured on: {report.machine.about}."


def _summary(report: Report, kept: Section, cold: Section) -> str:
    if report.mean_ratio is None:
        return _measured_on(report)
    compared = sum(row.ratio is not None for row in report.rows)
    return (
        f"**{report.mean_ratio:.0f} times faster** (geometric mean of {compared} operations, one "
        f"sample, one thread); {_mean_ratio(kept, 'kept'):.0f} times for targets that are kept, as "
        f"a data loader keeps them, and {_mean_ratio(cold, 'memory'):.0f} times for maps that are "
        f"read from main memory. {_measured_on(report)}"
    )


def _mean_ratio(section: Section, key: str) -> float:
    """The geometric mean of MMPose's times over ours."""
    compared = [row for row in section.data if "mmpose" in row]
    return geometric_mean(row["mmpose"]["median"] / row[key]["median"] for row in compared)


if __name__ == "__main__":
    main()
