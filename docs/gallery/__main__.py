"""Draw the gallery: one figure per codec or project, and an overview of the main ones.

Run as ``python docs/gallery [FOLDER]``; the package with its extra ``[cli]`` must be installed.
"""

import sys
from pathlib import Path

import instances
import layout
import lifting
import overview
import people
import stacks
import top_down
import volumes
from posecodec_rs.cli import drawing

PAGES = {
    name: page
    for pages in (top_down, people, lifting, volumes, instances, stacks, overview)
    for name, page in pages.PAGES.items()
}
"""The functions that draw the figures, by the names of their files."""


def main() -> None:
    """Draw every page into a folder."""
    folder = Path(
        sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2] / "docs/pictures/"
    )
    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in PAGES.items():
        path = folder / f"{name}.png"
        with drawing.theme():
            layout.save(draw(), path)
        print(f"{path}: {path.stat().st_size / 1024:.0f} KB", flush=True)


if __name__ == "__main__":
    main()
