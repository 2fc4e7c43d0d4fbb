"""Counts the hot kernels' instructions under Valgrind and compares them with the recorded counts.

    python scripts/check_instructions.py [--record] [--skip-without-valgrind]

Counts are reproducible on a busy machine, unlike times. They depend on the compiler, so they are
recorded for one version of rustc; with another version, differences are printed but are no error.
Valgrind does not support AVX-512, so the AVX2 tier is counted, and only this project's code,
without the C library's `memcpy`.
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
"""Allowed relative difference, for what the linker changes. A count that falls by more must be
recorded, so that a later increase is noticed."""

FEW, MANY = 1, 11
"""Calls of a kernel in two runs. The difference excludes the program's start and first call."""


def main() -> None:
    """Counts, prints, and exits with 1 if a count differs from the recorded one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--record", action="store_true", help="write the counts to the record")
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
    """Exits with 1 if the counts differ from the recorded ones."""
    changes = []
    for name in sorted(recorded["counts"].keys() | counts.keys()):
        before, now = recorded["counts"].get(name), counts.get(name)
        if before is None or now is None or abs(now / before - 1) > TOLERANCE:
            changes.append(f"{name}: recorded {before}, counted {now}")
    print("\n".join(changes) or f"All counts are within {TOLERANCE:.0%} of the record.")
    if changes and any(recorded[key] != here[key] for key in here):
        print(f"Recorded with {recorded['rustc']} and {recorded['tier']} kernels, counted with")
        print(f"{here['rustc']} and {here['tier']} kernels: not comparable.")
        return
    if changes:
        sys.exit("If the change is intended: python scripts/check_instructions.py --record")


def built() -> Path:
    """The program that runs a kernel, compiled like a wheel."""
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
