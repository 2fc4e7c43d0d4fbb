"""Checks that a built wheel holds the kernels for every tier of vector instructions.

    python scripts/verify_simd.py WHEEL_OR_LIBRARY

A wheel is compiled for the oldest processor and picks its kernels when it runs, so a mistake there
(a closure that the target features do not reach, a dispatch left out) costs speed and changes no
answer: no other test sees it. This disassembles the library with binutils, function by function,
whose bounds the unwind tables give even where symbols are stripped, and fails unless

- each tier has at least as many functions as the sources have kernels,
- all else, three quarters of the functions with vectors, keeps to what every processor has.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import zipfile
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

SOURCES = Path(__file__).parent.parent / "rust" / "posecodec" / "src"
KERNEL = re.compile(r"^impl.* Vectorized for ", re.MULTILINE)
FUNCTION = re.compile(r" FDE .*pc=([0-9a-f]+)")
INSTRUCTION = re.compile(r"^ *([0-9a-f]+):\t(.*)$")

BASELINE_SHARE = 0.75
"""Of the functions with vectors, those that every processor can run; the rest are kernels."""

TIERS = {
    # Wider registers name their tier; a narrow one under an instruction with a `v` is AVX as well.
    "Advanced Micro Devices X86-64": {
        "avx512": re.compile(r"%zmm"),
        "avx2": re.compile(r"%ymm|^v\S+ .*%xmm"),
        "baseline": re.compile(r"%xmm"),
    },
    # NEON is what every processor has.
    "AArch64": {"baseline": re.compile(r"\bv\d+\.(4s|2d|8h|16b)")},
}
"""What an instruction of a tier looks like, widest first, by the machine's name in ELF's header."""


def main() -> None:
    """Print what the file contains; exit with 1 if something is missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, metavar="WHEEL_OR_LIBRARY")
    file = parser.parse_args().file
    with tempfile.TemporaryDirectory() as folder:
        library = unpacked(file, Path(folder)) if file.suffix == ".whl" else file
        machine, found = tiers(library)
    print(f"{file.name} ({machine}): functions that use {_listed(found)}")
    if problems := list(missing(found, kernels(), machine)):
        sys.exit("\n".join(problems))


def unpacked(wheel: Path, folder: Path) -> Path:
    """The extension module in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".so"))
        return Path(archive.extract(name, folder))


def tiers(library: Path) -> tuple[str, Counter[str]]:
    """The library's machine, and how many of its functions use a tier, each in its widest."""
    machine = re.search(r"Machine: +(.*)", _output("readelf", "--file-header", library))
    known = TIERS.get(machine[1], {}) if machine else {}
    if machine is None or not known:
        sys.exit(f"{library.name} is not an ELF library for {' or '.join(TIERS)}")
    frames = _output("readelf", "--debug-dump=frames", library)
    starts = sorted(int(start, 16) for start in FUNCTION.findall(frames))
    order = list(known)
    widest: dict[int, int] = defaultdict(lambda: len(order))
    for address, text in _instructions(library):
        for rank, pattern in enumerate(known.values()):
            if pattern.search(text):
                function = bisect_right(starts, address)
                widest[function] = min(widest[function], rank)
                break
    counts = Counter(order[rank] for rank in widest.values())
    return machine[1], Counter({tier: counts[tier] for tier in order})


def kernels() -> int:
    """How many kernels the sources have; generic ones count once."""
    return sum(len(KERNEL.findall(path.read_text())) for path in SOURCES.rglob("*.rs"))


def missing(found: Counter[str], count: int, machine: str) -> Iterator[str]:
    """What is wrong with a library, in a sentence each."""
    for tier in TIERS[machine]:
        if found[tier] < count:
            yield f"{found[tier]} functions use {tier}, but there are {count} kernels"
    if found["baseline"] < BASELINE_SHARE * found.total():
        yield f"only {found['baseline']} of {found.total()} functions with vectors run everywhere"


def _instructions(library: Path) -> Iterator[tuple[int, str]]:
    text = _output("objdump", "--disassemble", "--no-show-raw-insn", library)
    for line in text.splitlines():
        if match := INSTRUCTION.match(line):
            yield int(match[1], 16), match[2]


def _output(tool: str, *arguments: str | Path) -> str:
    try:
        done = subprocess.run([tool, *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        sys.exit(f"{tool} is needed: install binutils")
    if done.returncode:
        sys.exit(done.stderr.strip())
    return done.stdout


def _listed(found: Counter[str]) -> str:
    return ", ".join(f"{tier}: {count}" for tier, count in found.items())


if __name__ == "__main__":
    main()
