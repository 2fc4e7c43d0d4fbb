"""The machine and the versions of packages that timings depend on."""

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import posecodec_rs

PACKAGES = {"posecodec-rs": "posecodec_rs", "mmpose": "MMPose", "numpy": "NumPy", "torch": "torch"}
"""Packages that affect timings, and their names in prose; OpenCV comes in several packages."""
OPENCV = ("opencv-python-headless", "opencv-python")


@dataclass(frozen=True)
class Machine:
    """The machine of timings.

    Attributes:
        processor: Its model, as the system reports it.
        cores: Their number.
        simd: The vector instructions that the kernels use.
        system: The operating system and architecture.
        versions: Of Python and packages, by name.
    """

    processor: str
    cores: int
    simd: str
    system: str
    versions: dict[str, str]

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
    for package, name in PACKAGES.items():
        try:
            yield name, version(package)
        except PackageNotFoundError:
            continue
    for package in OPENCV:
        try:
            yield "OpenCV", version(package)
            return
        except PackageNotFoundError:
            continue
