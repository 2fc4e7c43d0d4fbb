"""Draw the gallery: one picture a codec, and one of the main ones side by side.

Run as ``python docs/gallery [FOLDER]``; the package with its extra ``[cli]`` must be installed.
"""

import sys
from pathlib import Path

import boxes
import crops
import crowds
import layout
import overview
import space
import volumes

PAGES = {
    name: page
    for pages in (crops, crowds, space, volumes, boxes, overview)
    for name, page in pages.PAGES.items()
}
"""What draws each picture, by the picture's name."""


def main() -> None:
    """Draw every page into a folder."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[1] / "pictures")
    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in PAGES.items():
        path = folder / f"{name}.png"
        layout.save(draw(), path)
        print(f"{path}: {path.stat().st_size / 1024:.0f} KB", flush=True)


if __name__ == "__main__":
    main()
