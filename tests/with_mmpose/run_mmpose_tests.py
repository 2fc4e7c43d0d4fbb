"""Run MMPose's own tests of codecs, heads and transforms, with MMPose's classes and with ours.

    python tests/with_mmpose/run_mmpose_tests.py CHECKOUT

CHECKOUT is a checkout of https://github.com/open-mmlab/mmpose at v1.3.2. Its tests run against the
installed MMPose. The exit code is 1 if a test passes with MMPose's classes and not with ours.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from pathlib import Path

import pytest

TESTS = ("tests/test_codecs", "tests/test_models/test_heads", "tests/test_datasets/test_transforms")


class Outcomes:
    """A pytest plugin that collects the outcome of each test."""

    def __init__(self) -> None:
        self.outcomes: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keeps the worst outcome of setup, call and teardown."""
        if report.when == "call" or report.outcome != "passed":
            self.outcomes[report.nodeid] = report.outcome


def run_tests(ours: bool, options: list[str]) -> dict[str, str]:
    """Runs the tests of the checkout, which is the current folder, in this process."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from mmpose_stubs import install_stubs

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        install_stubs()
        import mmpose.codecs
        import mmpose.datasets
        import mmpose.models  # noqa: F401
    if ours:
        import posecodec_rs.mmpose

        posecodec_rs.mmpose.install(utils=True)
    plugin = Outcomes()
    # The checkout's own options need xdoctest.
    arguments = [*TESTS, "--override-ini=addopts=", "--disable-warnings", "-p", "no:cacheprovider"]
    pytest.main([*arguments, "--quiet", "--import-mode=importlib", *options], plugins=[plugin])
    return plugin.outcomes


def outcomes(ours: bool, checkout: Path, options: list[str]) -> dict[str, str]:
    """Runs the tests in a new process."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "outcomes.json")
        command = [sys.executable, __file__, str(checkout), "--write", str(file)]
        paths = [os.path.abspath(path) for path in os.environ.get("PYTHONPATH", "").split(":")]
        subprocess.run(
            [*command, *(["--ours"] if ours else []), *options],
            cwd=checkout,
            env={**os.environ, "PYTHONPATH": ":".join(paths)},
            check=True,
        )
        found: dict[str, str] = json.loads(file.read_text())
    return found


def main() -> None:
    """Compares the outcomes with MMPose's classes and with ours."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkout", type=Path, help="of MMPose's repository, at v1.3.2")
    parser.add_argument("--write", type=Path, help="only run the tests, and write the outcomes")
    parser.add_argument("--ours", action="store_true", help="with --write: with our classes")
    arguments, options = parser.parse_known_args()
    if arguments.write:
        arguments.write.write_text(json.dumps(run_tests(arguments.ours, options)))
        return
    checkout = arguments.checkout.resolve()
    theirs = outcomes(False, checkout, options)
    ours = outcomes(True, checkout, options)
    print(f"with MMPose's classes: {dict(Counter(theirs.values()))}")
    print(f"with ours: {dict(Counter(ours.values()))}")
    passing = [name for name, outcome in theirs.items() if outcome == "passed"]
    if failing := [name for name in passing if ours.get(name) != "passed"]:
        sys.exit("\n".join(["These pass with MMPose's classes only:", *failing]))


if __name__ == "__main__":
    main()
