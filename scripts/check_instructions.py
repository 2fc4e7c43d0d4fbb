"""Counts the hot kernels' instructions under Valgrind and holds them against what is recorded.

    python scripts/check_instructions.py [--record] [--skip-without-valgrind]

Counts repeat on a busy machine, where times do not. They depend on the compiler, so they are
recorded for one version of rustc, and those of another are only shown. Valgrind knows no AVX-512:
it is the AVX2 path that is counted, and only in our own code: the C library's `memcpy` is its own.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
RECORD = ROOT / "benchmarks" / "instructions.json"

TOLERANCE = 0.02
"""How far a count may lie from the record, as a share: room for what a linker does otherwise. What
falls by more is to be recorded, so that it cannot come back unseen."""

FEW, MANY = 1, 11
"""Calls of a kernel in two runs, whose difference holds neither the start nor the first call."""


def main() -> None:
    """Counts, prints, and exits with 1 if a kernel takes more or less than is recorded."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--record", action="store_true", help="write the counts down")
    parser.add_argument(
        "--skip-without-valgrind", action="store_true", help="exit with 0 if Valgrind is missing"
    )
    options = parser.parse_args()
    if shutil.which("valgrind") is None:
        print("Valgrind is not installed: no instructions were counted.")
        sys.exit(0 if options.skip_without_valgrind else 1)
    program = built()
    here = {"rustc": rustc(), "tier": run("valgrind", "--quiet", "--tool=none", program, "tier")}
    names = run(program).splitlines()
    counts = {}
    for number, name in enumerate(names, 1):
        counts[name] = count(program, name)
        print(f"{number:2} of {len(names)}  {counts[name]:9,}  {name}", flush=True)
    if options.record:
        RECORD.write_text(
            json.dumps({**here, "counts": counts}, indent=1, ensure_ascii=False) + "\n"
        )
        return
    compare(json.loads(RECORD.read_text()), here, counts)


def compare(recorded: dict, here: dict[str, str], counts: dict[str, int]) -> None:
    """Exits with 1 where the counts are not those that are recorded."""
    changes = []
    for name in sorted(recorded["counts"].keys() | counts.keys()):
        before, now = recorded["counts"].get(name), counts.get(name)
        if before is None or now is None or abs(now / before - 1) > TOLERANCE:
            changes.append(f"{name}: {before} are recorded, {now} were counted")
    print("\n".join(changes) or f"All within {TOLERANCE:.0%} of what is recorded.")
    if changes and any(recorded[key] != here[key] for key in here):
        print(f"They were recorded with {recorded['rustc']} and {recorded['tier']} kernels;")
        print(f"here are {here['rustc']} and {here['tier']} kernels, so nothing follows.")
        return
    if changes:
        sys.exit("If this is on purpose: python scripts/check_instructions.py --record")


def built() -> Path:
    """The program that runs a kernel, compiled as a wheel is."""
    command = ["cargo", "bench", "--locked", "--no-run", "--package", "posecodec"]
    command += ["--bench", "instructions", "--message-format", "json"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    messages = map(json.loads, done.stdout.splitlines())
    programs = [message["executable"] for message in messages if message.get("executable")]
    return Path(programs[-1])


def rustc() -> str:
    """The compiler's version."""
    return run("rustc", "--version")


def count(program: Path, name: str) -> int:
    """Instructions a call."""
    few, many = (collected(program, name, times) for times in (FEW, MANY))
    return round((many - few) / (MANY - FEW))


def collected(program: Path, name: str, times: int) -> int:
    """Instructions of the program in a run."""
    with tempfile.TemporaryDirectory() as folder:
        profile = Path(folder, "profile")
        options = ["--quiet", "--tool=callgrind", f"--callgrind-out-file={profile}"]
        run("valgrind", *options, program, name, str(times))
        return own_cost(profile.read_text(), str(program))


def own_cost(profile: str, program: str) -> int:
    """What callgrind's profile has under one object, without what that calls elsewhere."""
    names: dict[str, str] = {}
    cost, inside, of_a_call = 0, False, False
    for line in profile.splitlines():
        key, _, value = line.partition("=")
        if key in ("ob", "cob"):
            number, _, name = value.partition(" ")
            names.setdefault(number, name)
            inside = names[number] == program if key == "ob" else inside
        elif key == "calls":
            of_a_call = True  # the next line is what the call cost
        elif line[:1] in tuple("+-*0123456789"):
            cost += int(line.split()[1]) if inside and not of_a_call else 0
            of_a_call = False
    return cost


def run(*command: str | Path) -> str:
    """What a command prints."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed: {done.stderr}")
    return done.stdout.strip()


if __name__ == "__main__":
    main()
