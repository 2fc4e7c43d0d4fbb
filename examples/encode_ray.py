"""Encode and decode a Parquet file's people on a Ray cluster: `python examples/encode_ray.py`.

For annotations too large for one machine. Here the cluster is two workers on this machine; use
`ray.init(address="auto")` for your own cluster. Codecs are pickled to the workers and encode
batches of columns. Each person is encoded, decoded and compared: the error of the codec alone.
"""

import argparse
import logging
import os
import tempfile
from pathlib import Path

import numpy as np

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # no usage reports to Ray's developers

import posecodec_rs
import pyarrow as pa
import pyarrow.parquet as pq
import ray
import ray.data
from posecodec_rs import Crop
from posecodec_rs.cli.coco import read_annotations
from ray.data.aggregate import Count, Max, Mean

INPUT_SIZE, HEATMAP_SIZE = (192, 256), (48, 64)  # (w, h)
CODECS = {
    "UDPHeatmap": posecodec_rs.UDPHeatmap(INPUT_SIZE, HEATMAP_SIZE, sigma=2),
    "MSRAHeatmap": posecodec_rs.MSRAHeatmap(INPUT_SIZE, HEATMAP_SIZE, sigma=2, unbiased=True),
}

Batch = dict[str, np.ndarray]


def encode(batch: Batch, codec: posecodec_rs.BaseKeypointCodec) -> Batch:
    """Add heatmaps to a batch of people; runs in a worker, with the unpickled codec."""
    posecodec_rs.set_num_threads(1)  # Ray assigns one processor per worker; the default is all
    keypoints = np.stack(batch["keypoints"]).reshape(-1, 1, 17, 2)  # (B, N, K, 2)
    targets = codec.batch_encode(keypoints, np.stack(batch["visible"])[:, None])
    return {
        "keypoints": keypoints[:, 0],
        "heatmaps": targets["heatmaps"].astype(
            np.float16
        ),  # (B, K, H, W); float16 halves the traffic
        "weights": targets["keypoint_weights"][:, 0],  # (B, K); 0 outside the input
    }


def compare(batch: Batch, codec: posecodec_rs.BaseKeypointCodec) -> Batch:
    """Decode a batch of heatmaps: one row per keypoint, its error in pixels of the input."""
    found, _ = codec.batch_decode(batch["heatmaps"])  # (B, 1, K, 2)
    errors = np.linalg.norm(found[:, 0] - batch["keypoints"], axis=-1)
    return {"error": errors[batch["weights"] > 0]}


def write_people(path: Path, repeats: int) -> None:
    """Write a Parquet file of the bundled people, repeated, each shifted by up to 10 pixels."""
    rng = np.random.default_rng(0)
    people = read_annotations(None).people
    crops = [Crop.from_box(person.box, INPUT_SIZE).to_input(person.keypoints) for person in people]
    shifts = rng.uniform(-10, 10, (repeats, len(people), 1, 2))
    keypoints = (np.stack(crops) + shifts).astype(np.float32).reshape(-1, 34)
    visible = np.tile([person.visible for person in people], (repeats, 1))
    table = pa.table({"keypoints": keypoints.tolist(), "visible": visible.tolist()})
    pq.write_table(table, path, row_group_size=256)


def main(repeats: int = 100) -> dict[str, tuple[int, float, float]]:
    """Print and return for each codec: keypoints, and their mean and maximum error in pixels."""
    # Two processors give two workers. Ray's log is not part of this example's output.
    ray.init(num_cpus=2, include_dashboard=False, logging_level="error", log_to_driver=False)
    ray.data.DataContext.get_current().enable_progress_bars = False
    logging.getLogger("ray.data").setLevel("ERROR")
    results = {}
    try:
        with tempfile.TemporaryDirectory() as folder:
            write_people(Path(folder) / "people.parquet", repeats)
            people = ray.data.read_parquet(folder)
            for name, codec in CODECS.items():
                options = {"fn_kwargs": {"codec": codec}, "batch_size": 128}
                rows = people.map_batches(encode, **options).map_batches(compare, **options)
                found = rows.aggregate(Count(), Mean("error"), Max("error"))
                results[name] = tuple(found.values())
                print(
                    "{}: {} keypoints, mean error {:.3f} px, maximum {:.3f} px".format(
                        name, *results[name]
                    )
                )
    finally:
        ray.shutdown()
    return results


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repeats", type=int, default=100, help="copies of each of the 16 people")
    main(parser.parse_args().repeats)
