"""The machine and the versions of packages that timings depend on."""

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import posecodec_rs

PACKAGES = {
    "posecodec_rs": ["posecodec-rs"],
    "MMPose": ["mmpose"],
    "NumPy": ["numpy"],
    "torch": ["torch"],
    "OpenCV": ["opencv-python-headless", "opencv-python"],
}
"""Packages that affect timings, by their names in prose."""


@dataclass(frozen=True)
class Machine:
    """The machine of timings."""

    processor: str  # its model, as the system reports it
    cores: int  # their number
    simd: str  # the vector instructions that the kernels use
    system: str  # the operating system and architecture
    versions: dict[str, str]  # of Python and packages, by name

    @classmethod
    def here(cls) -> "Machine":
        """This machine."""
        return cls(
            processor=_processor(),
            cores=os.cpu_count() or 1,
            simd=posecodec_rs.simd_tiers()[1],
            system=f"{platform.system()} {platform.release()} {platform.machine()}",
            versions=dict(_versions()),
        )

    @property
    def about(self) -> str:
        """The machine in one line."""
        versions = ", ".join(f"{name} {number}" for name, number in self.versions.items())
        cores = "1 core" if self.cores == 1 else f"{self.cores} cores"
        return f"{self.processor}, {cores}, {self.simd}; {self.system}; {versions}"


def _processor() -> str:
    """The processor's model."""
    if sys.platform == "darwin":
        command = ["sysctl", "-n", "machdep.cpu.brand_string"]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.processor() or platform.machine())


def _versions() -> Iterator[tuple[str, str]]:
    yield "Python", platform.python_version()
    for name, packages in PACKAGES.items():
        for package in packages:
            with suppress(PackageNotFoundError):
                yield name, version(package)
                break
