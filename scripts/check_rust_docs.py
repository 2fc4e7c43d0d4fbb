"""Run every snippet of docs/rust.md in a fresh cargo project, with and without default features.

The project depends on the crate by path, as a reader's would. `--offline` uses what cargo has
downloaded before.
"""

import argparse
import re
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]

MANIFEST = f"""
[package]
name = "reader"
version = "0.0.0"
edition = "2024"

[workspace]

[features]
default = ["posecodec/default"]

[dependencies]
posecodec = {{ path = "{ROOT.as_posix()}/rust/posecodec", default-features = false }}
"""


def programs() -> list[str]:
    """Return the snippets as programs."""
    page = (ROOT / "docs/rust.md").read_text("utf-8")
    snippets = re.findall(r"^```rust\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    return [
        snippet if "fn main" in snippet else f"fn main() {{\n{snippet}\n}}" for snippet in snippets
    ]


def main() -> None:
    """Make the project, and run it twice."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--offline", action="store_true")
    offline = ["--offline"] if parser.parse_args().offline else []
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        (project / "src/bin").mkdir(parents=True)
        (project / "Cargo.toml").write_text(MANIFEST, "utf-8")
        names = []
        for number, program in enumerate(programs()):
            names.append(f"snippet_{number}")
            (project / f"src/bin/{names[-1]}.rs").write_text(program, "utf-8")
        # Dependencies are compiled once, next to the workspace's.
        target = ["--target-dir", str(ROOT / "target/reader")]
        for features in ([], ["--no-default-features"]):
            for name in names:
                command = ["cargo", "run", "--quiet", *offline, *target, *features, "--bin", name]
                subprocess.run(command, cwd=project, check=True)
            print(f"{len(names)} snippets run with {' '.join(features) or 'default features'}")


if __name__ == "__main__":
    main()
