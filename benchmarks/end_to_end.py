"""Whole loaders, training steps and evaluations, with a project's own code and with ours.

    python benchmarks/end_to_end.py [--only SECTION ...] [--json FILE] [--markdown FILE]

Sections of MMPose (`make test-mmpose` installs it), DeepLabCut and sleap-nn (`nox --session NAME`).
Those of projects that are not installed are left out. Takes minutes.
"""

import argparse
import json
import warnings
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from posecodec_rs.cli.bench.machine import Machine
from sections.section import Section
from update_docs import replace

PROJECTS = {
    "mmpose": ("mmpose_steps", ("loaders", "encoding-pytorch", "encoding-mmpose", "evaluation")),
    "deeplabcut": ("deeplabcut_step", ("deeplabcut",)),
    "sleap_nn": ("sleap_loader", ("sleap",)),
}
"""Packages, the modules that need them, and the sections that these measure."""

MARKERS = {"mmpose": "end-to-end", "deeplabcut": "deeplabcut-step", "sleap_nn": "sleap-loader"}
"""Between which markers of the documentation a project's tables are."""


def main() -> None:
    """Measure, print and write."""
    names = [name for _, sections in PROJECTS.values() for name in sections]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=names, nargs="+", default=names, metavar="SECTION",
                        help=f"measure only some of {', '.join(names)}")  # fmt: skip
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures here")
    parser.add_argument(
        "--markdown", type=Path, metavar="FILE", help="put the tables between this file's markers"
    )
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    machine = Machine.here()
    print(machine.about)
    measured: list[Section] = []
    for project, (module, sections) in PROJECTS.items():
        wanted = [name for name in sections if name in options.only]
        if not wanted:
            continue
        if find_spec(project) is None:
            print(f"\nLeft out: {', '.join(wanted)}, as {project} is not installed.")
            continue
        tables = import_module(f"sections.{module}").measure(wanted)
        measured += tables
        if options.markdown:
            text = [f"Measured on: {machine.about}.", *(each.markdown() for each in tables)]
            replace(options.markdown, "\n\n".join(text), MARKERS[project])
    if options.json:
        data = {section.title: section.data for section in measured}
        options.json.write_text(json.dumps(data, indent=1))


if __name__ == "__main__":
    main()
