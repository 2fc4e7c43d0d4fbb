"""What is rarer than the Makefile's targets: `nox --list`, `nox --session NAME -- OPTIONS`.

`.venv/bin/nox` is there after `make check` or `make test`. Environments are made in target/nox and
used again.
"""

import argparse
import os
import shutil
import sys
from pathlib import Path

import nox

PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
NUMPYS = {"numpy==1.23.5": "3.11", "numpy==1.26.*": "3.12", "numpy>=2": PYTHONS[-1]}
"""Versions of NumPy, and the last Python that each has wheels for."""

HERE = Path(__file__).parent
PROJECT = nox.project.load_toml("pyproject.toml")
CARGO_FUZZ = ("cargo-fuzz", "0.13.2")
FUZZ_TARGETS = ("encode", "decode", "lift", "functional")
SCARCE = "tests/test_scarce_memory.py"
"""Limits the address space: in a process of its own, without memory that other tests have freed."""
VALGRIND = "valgrind --quiet --error-exitcode=9"

# The crates that the extension is built from, on all systems; none of tests and benchmarks.
VENDOR = ("--manifest-path", "rust/posecodec-py/Cargo.toml", "--versioned-dirs")

nox.needs_version = ">=2025.2"
nox.options.envdir = "target/nox"
nox.options.sessions = ["tests"]
nox.options.reuse_venv = "yes"
nox.options.error_on_missing_interpreters = False
nox.options.stop_on_first_error = False

# Interpreters that pyenv has installed are found, too.
PYENV = sorted(Path.home().glob(".pyenv/versions/*/bin"))
os.environ["PATH"] = os.pathsep.join([os.environ["PATH"], *map(str, PYENV)])


def group(name: str) -> list[str]:
    """The requirements of a dependency group of pyproject.toml."""
    return nox.project.dependency_groups(PROJECT, name)


def built_wheel(session: nox.Session) -> str:
    """The path of the wheel for this machine."""
    session.run("make", "wheel", external=True)
    (wheel,) = HERE.glob("target/wheels/*.whl")
    return str(wheel)


def cargo_tool(session: nox.Session, name: str, version: str | None = None) -> str:
    """The path of a program that cargo installs, once, into target/tools."""
    program = HERE / "target/tools/bin" / name
    if not program.exists():
        wanted = name if version is None else f"{name}@{version}"
        session.run("cargo", "install", "--locked", "--root", "target/tools", wanted, external=True)
    return str(program)


@nox.session(python=PYTHONS)
@nox.parametrize("numpy", list(NUMPYS), ids=["1.23", "1.26", "2"])
def tests(session: nox.Session, numpy: str) -> None:
    """Run all tests on every Python and NumPy; options go to pytest."""
    if PYTHONS.index(str(session.python)) > PYTHONS.index(NUMPYS[numpy]):
        session.skip(f"{numpy} has no wheels for this Python")
    session.install(f"{built_wheel(session)}[cli]", numpy, *group("test"))
    session.run("python", "-c", "import sys, numpy; print(sys.version, numpy.__version__)")
    if session.posargs:
        session.run("python", "-m", "pytest", *session.posargs)
    else:
        session.run("python", "-m", "pytest", SCARCE)
        options = ["--numprocesses", "auto", "-m", "not torch", "--ignore", SCARCE]
        session.run("python", "-m", "pytest", *options)


@nox.session(python=False)
def fuzz_crate(session: nox.Session) -> None:
    """Fuzz the crate, guided by coverage; --help lists the options."""
    parser = argparse.ArgumentParser("nox --session fuzz_crate --")
    parser.add_argument("--seconds", type=int, default=60, help="for all targets together")
    parser.add_argument("--sanitizer", default="none", help="`address` also detects wild reads")
    parser.add_argument("--toolchain", help="`nightly`, which sanitizers need")
    options = parser.parse_args(session.posargs)
    program = cargo_tool(session, *CARGO_FUZZ)
    toolchain = {"RUSTUP_TOOLCHAIN": options.toolchain} if options.toolchain else {}
    for target in FUZZ_TARGETS:
        corpus = HERE / "target/fuzz/corpus" / target  # the next run starts here
        corpus.mkdir(parents=True, exist_ok=True)
        session.run(
            program, "run", "--fuzz-dir", "rust/fuzz", "--target-dir", "target/fuzz",
            "--sanitizer", options.sanitizer, target, str(corpus), "--",
            f"-max_total_time={options.seconds // len(FUZZ_TARGETS)}", "-timeout=20",
            "-rss_limit_mb=4000", "-print_final_stats=1", "-verbosity=1",
            env=toolchain, external=True,
        )  # fmt: skip


@nox.session
def memcheck(session: nox.Session) -> None:
    """Run tests of the crate and of the package under Valgrind."""
    # Valgrind's processor has AVX2 and not AVX-512: two tiers of three. What the test harness's
    # threads may still point to is not lost.
    leaks = "--leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite"
    session.run(
        "cargo", "test", "--locked", "-p", "posecodec", "--tests", external=True,
        env={
            "PROPTEST_CASES": "4",
            "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER": f"{VALGRIND} {leaks}",
        },
    )  # fmt: skip
    session.install(f"{built_wheel(session)}[cli]", *group("test"))
    # Python's own allocator would hide where an array ends. CPython reads uninitialized memory.
    session.run(
        *VALGRIND.split(), "--undef-value-errors=no", "--suppressions=tests/python.supp",
        shutil.which("python", path=session.bin) or sys.executable,
        "-m", "pytest", "-p", "no:cacheprovider", "-m", "not slow and not torch",
        "tests/test_golden.py", "tests/test_out.py", "tests/test_bottom_up_memory.py",
        env={"PYTHONMALLOC": "malloc"}, external=True,
    )  # fmt: skip


def mmpose_python(session: nox.Session) -> str:
    """The Python that has MMPose, with the wheel of this machine in target/site."""
    python = os.environ.get("MMPOSE_PYTHON", ".venv-mmpose/bin/python")
    if not Path(python).exists():
        session.error(f"{python} not found: run `make test-mmpose`, or set MMPOSE_PYTHON")
    wheel = built_wheel(session)
    session.run(
        sys.executable, "-m", "pip", "install", "--quiet", "--upgrade", "--no-deps",
        "--target", "target/site", wheel, external=True,
    )  # fmt: skip
    return python


@nox.session(python=False)
def stress(session: nox.Session) -> None:
    """Compare with MMPose on 100,000 random keypoints per codec."""
    script = "tests/with_mmpose/stress.py"
    path = {"PYTHONPATH": f"target/site{os.pathsep}tests"}
    session.run(mmpose_python(session), script, *session.posargs, env=path, external=True)


@nox.session(python="3.11")
def mmpose0(session: nox.Session) -> None:
    """Compare with MMPose 0.29 itself; `-- record` records its results again."""
    session.install("setuptools<70", "wheel", "cython", "numpy==1.23.5")
    session.install(
        "numpy==1.23.5", "opencv-python-headless==4.8.1.78", "scipy==1.11.4", "munkres==1.1.4",
        "json_tricks", "matplotlib", "pillow", "torch", "torchvision", "addict", "packaging",
        "pyyaml", "yapf", *group("test"),
    )  # fmt: skip
    # Built with this setuptools. 0.29 refuses mmcv 1.7.2, and its own requirements need compilers.
    session.install("--no-build-isolation", "--no-deps", "mmcv==1.7.0", "xtcocotools==1.14.3")
    session.install("--no-deps", "mmpose==0.29.0", built_wheel(session))
    if session.posargs == ["record"]:
        session.run("python", "-W", "ignore", "tests/golden/record_stacks.py", "mmpose0")
        return
    session.run("python", "-m", "pytest", *(session.posargs or ["tests/with_mmpose0"]))


@nox.session
def transformers(session: nox.Session) -> None:
    """Compare with transformers itself."""
    session.install("transformers>=5,<6", "torch", "torchvision", "scipy", "pillow", "requests")
    session.install(built_wheel(session), *group("test"))
    session.run("python", "-m", "pytest", *(session.posargs or ["tests/with_transformers"]))


def record_or_compare(session: nox.Session, name: str) -> None:
    """Run the tests that compare with a project; `-- record` records its results again."""
    session.install(built_wheel(session), *group("test"))
    if session.posargs == ["record"]:
        session.run("python", "-W", "ignore", "tests/golden/record_stacks.py", name)
        return
    session.run("python", "-m", "pytest", *(session.posargs or [f"tests/with_{name}"]))


@nox.session(python="3.11")
def deeplabcut(session: nox.Session) -> None:
    """Compare with DeepLabCut itself; `-- record` records its results again."""
    session.install("deeplabcut==3.0.2")
    record_or_compare(session, "deeplabcut")


@nox.session(python="3.11")
def sleap(session: nox.Session) -> None:
    """Compare with sleap-nn itself; `-- record` records its results again."""
    session.install("sleap-nn==0.3.5")
    record_or_compare(session, "sleap")


@nox.session(python="3.11")
def mmaction(session: nox.Session) -> None:
    """Compare with MMAction2 itself; `-- record` records its results again."""
    session.install("mmaction2==1.2.0", "mmengine", "torch", "torchvision")
    session.install("--no-deps", "mmcv-lite==2.1.0")
    record_or_compare(session, "mmaction")


@nox.session(python="3.11")
def pyskl(session: nox.Session) -> None:
    """Compare with PYSKL itself, which is not on PyPI: `-- CHECKOUT`."""
    if not session.posargs:
        session.error("needs a checkout of https://github.com/kennymckormick/pyskl")
    session.install("setuptools<70", "wheel")
    session.install(
        "numpy>=2", "torch", "torchvision", "scipy", "matplotlib", "opencv-python-headless",
        "addict", "packaging", "pyyaml", "yapf", "decord", "fvcore", "tqdm", "requests",
        built_wheel(session), *group("test"),
    )  # fmt: skip
    # The last version with `mmcv.parallel`, built with this setuptools, without its operators.
    session.install("--no-build-isolation", "--no-deps", "mmcv==1.7.0")
    path = {"PYTHONPATH": session.posargs[0]}
    session.run("python", "-m", "pytest", "tests/with_pyskl", env=path)


@nox.session(python=False)
def golden(session: nox.Session) -> None:
    """Record the outputs of MMPose again, in tests/golden."""
    script = "tests/golden/record.py"
    path = {"PYTHONPATH": f"target/site{os.pathsep}tests"}
    session.run(mmpose_python(session), script, *session.posargs, env=path, external=True)


@nox.session
def gallery(session: nox.Session) -> None:
    """Draw the images of the documentation."""
    session.install(f"{built_wheel(session)}[cli]")
    session.run("python", "docs/gallery", *session.posargs)


@nox.session(python=False)
def deny(session: nox.Session) -> None:
    """Check licenses and sources of the crates; `-- advisories`: known vulnerabilities."""
    checks = session.posargs or ["licenses", "bans", "sources"]
    session.run(cargo_tool(session, "cargo-deny"), "--locked", "check", *checks, external=True)


@nox.session
def audit(session: nox.Session) -> None:
    """Look up the Python dependencies in the database of known vulnerabilities."""
    session.install("pip-audit>=2.9", f"{built_wheel(session)}[cli]")
    session.run("pip-audit", "--skip-editable", *session.posargs)


@nox.session
def dist(session: nox.Session) -> None:
    """Build what is published into dist, check it, install it elsewhere and test it there."""
    session.install(*group("dist"))
    shutil.rmtree(HERE / "dist", ignore_errors=True)
    linux = sys.platform == "linux"
    # One wheel for CPython 3.10 and later, on every Linux with glibc 2.28, whatever this one has.
    older_glibc = ["--compatibility", "manylinux_2_28", "--zig"] if linux else []
    session.run("maturin", "build", "--release", "--locked", "--out", "dist", *older_glibc)
    _sdist(session)
    wheels, sdists = sorted(HERE.glob("dist/*.whl")), sorted(HERE.glob("dist/*.tar.gz"))
    for command in (
        ["twine", "check", "--strict", *wheels, *sdists],
        ["check-wheel-contents", *wheels],
        ["abi3audit", "--strict", "--report", *wheels],
        *([["auditwheel", "show", *wheels]] if linux else []),
    ):
        session.run(*map(str, command))
    for file in (*wheels, *sdists):
        session.run(".ci/check-dist", str(file), external=True)
    session.run(
        "cargo", "publish", "--dry-run", "--locked", "--allow-dirty", "-p", "posecodec",
        external=True,
    )  # fmt: skip


def _sdist(session: nox.Session) -> None:
    """Builds the sdist with the crates that the wheel is built from: it needs no network."""
    copy = HERE / "target/sdist"
    shutil.rmtree(copy, ignore_errors=True)
    files = session.run("git", "ls-files", external=True, silent=True)
    for name in str(files).splitlines():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(HERE / name, copy / name)
    program = cargo_tool(session, "cargo-vendor-filterer")
    with session.chdir(copy):
        session.run(program, *VENDOR, "--keep-dep-kinds", "no-dev", "vendor", external=True)
        config = copy / ".cargo/config.toml"
        config.parent.mkdir()
        config.write_text(
            '[source.crates-io]\nreplace-with = "vendor"\n[source.vendor]\ndirectory = "vendor"\n'
        )
        session.run("maturin", "sdist", "--out", str(HERE / "dist"))
