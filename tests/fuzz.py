"""A fuzzer of the binding: arbitrary calls of everything public, see `fuzz_calls`.

A result or one of a few exceptions is right. A panic, an abort, a hang, a changed argument, a read
or a write outside the arrays is a finding; hypothesis shrinks the exceptions among them. Calls are
made in processes of their own, so that the last call is known when a process dies or hangs:

    python tests/fuzz.py --seconds 600
    python tests/fuzz.py --seed 7 --here     # the calls of this seed again, in this process

Not atheris: it observes Python's bytecode, and here everything happens below it.
"""

import argparse
import multiprocessing
import os
import sys
import time
import warnings
from typing import Any

import hypothesis

SILENCE = 60.0
"""Seconds without a call after which a process hangs; the slowest call takes one or two."""

ADDRESS_SPACE = 3 << 30
"""Bytes per process: sizes that do not fit are a MemoryError and do not fill the machine."""

CALLS_PER_PROCESS = 5_000


def run(seed: int, calls: Any, last: Any) -> None:
    """Makes the calls of a seed. Shared memory has their number, and the last one."""
    import fuzz_calls

    limit_memory()
    warnings.simplefilter("ignore")

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=CALLS_PER_PROCESS,
        deadline=None,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(fuzz_calls.calls())
    def make(call: fuzz_calls.Call) -> None:
        calls.value += 1
        last.value = str(call).encode(errors="replace")[: len(last) - 1]
        call.make()

    make()


def limit_memory() -> None:
    """Limits this process, where the system can."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE,) * 2)


class Worker:
    """A process that makes the calls of one seed after another."""

    def __init__(self, context: Any, seed: int, step: int) -> None:
        self.context, self.seed, self.step = context, seed, step
        self.calls = context.Value("q", 0, lock=False)
        self.last = context.Array("c", 2000, lock=False)
        self.findings = 0
        self.start()

    def start(self) -> None:
        """Starts a process with the seed."""
        self.seen, self.since = self.calls.value, time.monotonic()
        arguments = (self.seed, self.calls, self.last)
        self.process = self.context.Process(target=run, args=arguments, daemon=True)
        self.process.start()

    def check(self) -> None:
        """Reports a process that died or hangs, and starts the next one."""
        now = time.monotonic()
        if self.calls.value != self.seen:
            self.seen, self.since = self.calls.value, now
        hangs = now - self.since > SILENCE
        if self.process.is_alive() and not hangs:
            return
        if hangs:
            self.kill()
        if hangs or self.process.exitcode:
            self.findings += 1
            what = f"hangs for {SILENCE:.0f} s" if hangs else f"died ({self.process.exitcode})"
            call = self.last.value.decode(errors="replace")
            print(f"\nFINDING --seed {self.seed}: {what}, the last call was {call}", flush=True)
        self.seed += self.step
        self.start()

    def kill(self) -> None:
        """Ends the process."""
        self.process.kill()
        self.process.join()


def main() -> int:
    """Fuzzes; returns 1 if there are findings."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0, help="how long")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 2**32, help="the first one")
    parser.add_argument("--here", action="store_true", help="only its calls, in this process")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    options = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    if options.here:
        run(options.seed, context.Value("q", 0, lock=False), context.Array("c", 2000, lock=False))
        return 0

    print(f"seed {options.seed}, {options.processes} processes, {options.seconds:.0f} s")
    seeds = range(options.seed, options.seed + options.processes)
    workers = [Worker(context, seed, options.processes) for seed in seeds]
    end = time.monotonic() + options.seconds
    while (left := end - time.monotonic()) > 0:
        time.sleep(1.0)
        for worker in workers:
            worker.check()
        calls = sum(worker.calls.value for worker in workers)
        findings = sum(worker.findings for worker in workers)
        print(f"\r{left:5.0f} s left: {calls} calls, {findings} findings", end="", flush=True)
    for worker in workers:
        worker.kill()
    print()
    return int(findings > 0)


if __name__ == "__main__":
    sys.exit(main())
