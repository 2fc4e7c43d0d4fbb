"""A fuzzer of the binding: arbitrary calls of everything public, see `fuzz_calls`.

An answer or one of a few exceptions is right. A panic, an abort, a hang, an argument changed, a
read or a write outside the arrays is a finding. Calls are made in processes of their own, so that
one that dies or hangs is known by its number:

    python tests/fuzz.py --seconds 600
    python tests/fuzz.py --seed 7 --call 123     # that one again, here

Not atheris: it sees what Python's bytecode covers, and here everything happens below it.
"""

import argparse
import multiprocessing
import multiprocessing.sharedctypes
import os
import sys
import time
import traceback
import warnings
from typing import Any

SILENCE = 60.0
"""Seconds after which a call is said to hang; the slowest takes one or two."""

ADDRESS_SPACE = 3 << 30
"""Bytes per process: sizes that do not fit are a MemoryError and do not fill the machine."""

CALLS_A_PROCESS = 20_000
"""Then a fresh one takes over."""

OUTCOMES = ("answer", "InvalidInputError", "TypeError", "MemoryError", "others", "findings")


def run(seed: int, first: int, last: int, at: Any, counts: Any) -> None:
    """Makes the calls of these numbers, and says in shared memory how far it is."""
    import fuzz_calls

    limit_memory()
    warnings.simplefilter("ignore")
    for index in range(first, last):
        at.value = index
        outcome = one(fuzz_calls.arbitrary, seed, index)
        known = outcome if outcome in OUTCOMES else "others"
        counts[OUTCOMES.index(known)] += 1


def one(arbitrary: Any, seed: int, index: int) -> str:
    """Makes one call."""
    call = "not made yet"
    try:
        call = arbitrary(seed, index)
        return str(call.make())  # type: ignore[attr-defined]
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        print(f"\nFINDING --seed {seed} --call {index}: {call}", flush=True)
        traceback.print_exc(limit=-6)
        sys.stderr.flush()
        return "findings"


def limit_memory() -> None:
    """Of this process, where the system can."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE,) * 2)


class Worker:
    """A process that makes calls, one block of numbers after another."""

    def __init__(self, context: Any, seed: int, number: int, of: int) -> None:
        self.context, self.seed, self.of = context, seed, of
        self.block = number
        self.at = context.Value("q", 0, lock=False)
        self.counts = context.Array("q", len(OUTCOMES), lock=False)
        self.start(number * CALLS_A_PROCESS)

    def start(self, first: int) -> None:
        """Goes on with this call, in a fresh process."""
        self.at.value, self.seen, self.since = first, first, time.monotonic()
        last = (self.block + 1) * CALLS_A_PROCESS
        arguments = (self.seed, first, last, self.at, self.counts)
        self.process = self.context.Process(target=run, args=arguments, daemon=True)
        self.process.start()

    def look_after(self) -> None:
        """Notes a death or a hang, and goes on."""
        now = time.monotonic()
        if self.at.value != self.seen:
            self.seen, self.since = self.at.value, now
        hangs = now - self.since > SILENCE
        if self.process.is_alive() and not hangs:
            return
        if self.process.exitcode == 0:
            self.block += self.of
            self.start(self.block * CALLS_A_PROCESS)
            return
        if hangs:
            self.process.kill()
            self.process.join()
        what = f"hangs for {SILENCE:.0f} s" if hangs else f"died ({self.process.exitcode})"
        print(f"\nFINDING --seed {self.seed} --call {self.at.value}: {what}", flush=True)
        self.counts[OUTCOMES.index("findings")] += 1
        self.start(self.at.value + 1)


def main() -> int:
    """Fuzzes; 1 where there are findings."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0, help="how long")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 2**32, help="of all calls")
    parser.add_argument("--call", type=int, help="only the call of this number, in this process")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    options = parser.parse_args()
    if options.call is not None:
        import fuzz_calls

        limit_memory()
        print(fuzz_calls.arbitrary(options.seed, options.call))
        outcome = one(fuzz_calls.arbitrary, options.seed, options.call)
        print(outcome)
        return int(outcome == "findings")

    print(f"seed {options.seed}, {options.processes} processes, {options.seconds:.0f} s")
    context = multiprocessing.get_context("spawn")
    workers = [
        Worker(context, options.seed, number, options.processes)
        for number in range(options.processes)
    ]
    end = time.monotonic() + options.seconds
    totals: list[int] = []
    while time.monotonic() < end:
        time.sleep(1.0)
        for worker in workers:
            worker.look_after()
        totals = [
            sum(column) for column in zip(*(worker.counts for worker in workers), strict=True)
        ]
        left = max(0.0, end - time.monotonic())
        named = ", ".join(f"{total} {name}" for total, name in zip(totals, OUTCOMES, strict=True))
        print(f"\r{left:5.0f} s left: {sum(totals)} calls: {named}", end="", flush=True)
    for worker in workers:
        worker.process.kill()
        worker.process.join()
    print()
    return int(totals[-1] > 0)


if __name__ == "__main__":
    sys.exit(main())
