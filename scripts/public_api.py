"""List the public API of the crate `posecodec`, from the pages that `cargo doc` writes.

`python scripts/public_api.py` writes `rust/posecodec/public_api.txt`. With `--check` it only
compares, and reports what has changed: a change for users, which belongs in the changelog.
"""

import argparse
import difflib
import json
import os
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).parents[1]
LISTING = ROOT / "rust/posecodec/public_api.txt"
KINDS = {"struct", "enum", "trait", "fn", "type", "constant", "macro"}
GENERATED = ("synthetic-implementations", "blanket-implementations")
"""Sections of pages that the compiler fills alike for all types."""


class Page(HTMLParser):
    """The declarations of an item: its own, its methods and the traits that it implements."""

    def __init__(self) -> None:
        """Start without declarations."""
        super().__init__()
        self.declarations: list[str] = []
        self._text: list[str] | None = None
        self._tag = ""
        self._skipped = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Start a declaration."""
        attributes = dict(attrs)
        classes = (attributes.get("class") or "").split()
        if tag == "h2" and attributes.get("id"):
            self._skipped = attributes["id"] in (*GENERATED, "implementors")
        declared = (tag == "pre" and "item-decl" in classes) or "code-header" in classes
        if declared and not self._skipped and self._text is None:
            self._text, self._tag = [], tag

    def handle_endtag(self, tag: str) -> None:
        """End a declaration."""
        if self._text is not None and tag == self._tag:
            declaration = " ".join("".join(self._text).split())
            self._text = None
            if "Structural" not in declaration and declaration not in self.declarations:
                self.declarations.append(declaration)

    def handle_data(self, data: str) -> None:
        """Read the text of a declaration."""
        if self._text is not None:
            self._text.append(data)


def pages() -> Path:
    """Run `cargo doc`, and return the folder of the crate's pages."""
    command = ["cargo", "doc", "--quiet", "--no-deps", "--all-features", "--package", "posecodec"]
    metadata = ["cargo", "metadata", "--format-version", "1", "--no-deps"]
    subprocess.run(command, cwd=ROOT, check=True)
    found = subprocess.run(metadata, cwd=ROOT, check=True, capture_output=True)
    return Path(json.loads(found.stdout)["target_directory"]) / "doc/posecodec"


def listing(folder: Path) -> str:
    """One paragraph per item: its path, then its declarations."""
    paragraphs = []
    for path in sorted(folder.rglob("*.html")):
        kind, _, name = path.stem.partition(".")
        if kind not in KINDS or not name:
            continue
        page = Page()
        page.feed(path.read_text("utf-8"))
        if not page.declarations:  # a redirection
            continue
        item = "::".join(["posecodec", *path.parent.relative_to(folder).parts, name])
        lines = [item, *("    " + line for line in page.declarations)]
        paragraphs.append("\n".join(lines))
    return "\n\n".join(paragraphs) + "\n"


def main() -> None:
    """Write the list, or compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="only compare")
    arguments = parser.parse_args()
    found = listing(pages())
    if not arguments.check:
        LISTING.write_text(found, "utf-8")
        return
    listed = LISTING.read_text("utf-8") if LISTING.exists() else ""
    name = os.fspath(LISTING.relative_to(ROOT))
    changes = difflib.unified_diff(listed.splitlines(), found.splitlines(), name, "the crate", n=1)
    if text := "\n".join(changes):
        sys.exit(f"{text}\nThe public API has changed: run `python scripts/public_api.py`.")


if __name__ == "__main__":
    main()
