"""Measurements that need a process of their own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any


def in_a_process(section: str, *arguments: str) -> Any:
    """What `python -m sections.SECTION ARGUMENTS` prints in its last line, as JSON."""
    command = [sys.executable, "-W", "ignore", "-m", f"sections.{section}", *arguments]
    root = Path(__file__).parent.parent
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])
