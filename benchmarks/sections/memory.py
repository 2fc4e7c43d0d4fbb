"""Peak memory of a batch, of this package and of MMPose: one process each, on Linux.

`python -m sections.memory ours "UDPHeatmap, decode" INPUTS.npz` is such a process; it prints
bytes.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
from posecodec_rs.cli.codecs.operation import mmpose_codecs

from sections.processes import in_a_process
from sections.samples import BENCHMARKS, decode_theirs, make_sample
from sections.section import Section

BATCH = 64
CODECS = ("MSRAHeatmap", "UDPHeatmap", "UDPHeatmap combined", "MegviiHeatmap", "SimCCLabel DARK")
STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")

ABOUT = f"""\
Increase of the process's peak resident memory during the call, in MB, for {BATCH} samples:
`batch_encode` and `batch_decode`, and MMPose's codec in a loop that keeps its results. Arrays are
the inputs (decode) or outputs (encode). Zeroed pages that were never written are not resident, and
memory that was freed before is not counted again."""


def memory() -> Section | None:
    """Measure; None where the system does not report it."""
    if not CLEAR.exists():
        return None
    columns = ["operation", "arrays", "posecodec_rs", "MMPose"]
    section = Section("Peak memory", ABOUT, columns).begin()
    packages = ("ours", "theirs") if mmpose_codecs() else ("ours",)
    for name in CODECS:
        sample = make_sample(BENCHMARKS[name], BATCH)
        for step, inputs, arrays in (
            ("encode", [sample.keypoints, sample.visible], sample.targets.values()),
            ("decode", sample.maps, sample.maps),
        ):
            operation = f"{name}, {step}"
            peaks = [_in_a_process(package, operation, inputs) for package in packages]
            held = sum(array.nbytes for array in arrays)
            cells = [f"{count / 1e6:.1f}" for count in (held, *peaks)]
            data = dict(zip(("arrays", *packages), (held, *peaks), strict=True))
            section.add([operation, *cells], {"operation": operation, **data})
    return section


def _in_a_process(package: str, operation: str, inputs: list[np.ndarray]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "inputs.npz")
        np.savez(path, *inputs)
        return in_a_process("memory", package, operation, str(path))


def peak(package: str, operation: str, path: str) -> int:
    """The increase of the resident memory during the operation, in bytes."""
    name, step = operation.rsplit(", ", 1)
    benchmark, encode = BENCHMARKS[name], step == "encode"
    codec = benchmark.ours() if package == "ours" else benchmark.theirs()
    batch = list(np.load(path).values())

    def run(inputs: list[np.ndarray]) -> object:
        if package == "ours":
            return codec.batch_encode(*inputs) if encode else codec.batch_decode(*inputs)
        each_sample = zip(*inputs, strict=True)
        if encode:
            return [codec.encode(*each) for each in each_sample]
        return [decode_theirs(benchmark, codec, list(each)) for each in each_sample]

    run([array[:1] for array in batch])  # loads code and tables
    before = _status("VmRSS")
    CLEAR.write_text("5")  # resets the peak
    result = run(batch)
    increase = _status("VmHWM") - before
    del result
    return increase


def _status(key: str) -> int:
    lines = STATUS.read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{key}:"))


if __name__ == "__main__":
    print(peak(*sys.argv[1:]))
