"""Runs code in other processes, and reads what a process holds."""

import os
import select
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

DEADLINE = 60.0
"""Seconds after which a process counts as hung."""

PAGE = 4096

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")


def run(program: str, **environment: str) -> str:
    """What a new Python process prints."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=DEADLINE,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def exit_code_of_child(work: Callable[[], None]) -> int:
    """Runs `work` in a forked child: its exit code, or that of the signal that ended a hung one."""
    ended, ends = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    os.close(ends)  # now the child alone holds this end, until it exits
    try:
        hung = not select.select([ended], [], [], DEADLINE)[0]
        if hung:
            os.kill(child, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    finally:
        os.close(ended)


def _statm(field: int) -> int:
    return int(Path("/proc/self/statm").read_text().split()[field]) * PAGE


def address_space() -> int:
    """Bytes of this process's address space. Linux only."""
    return _statm(0)


def resident_memory() -> int:
    """Bytes of this process that are in memory. Linux only."""
    return _statm(1)
