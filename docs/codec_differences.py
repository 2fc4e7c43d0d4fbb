"""The directive `differences`: the rows of docs/differences.md that concern one codec."""

from pathlib import Path

from docutils.nodes import Node
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

PAGE = Path(__file__).parent / "differences.md"


def rows_of(codec: str) -> list[str]:
    """Rows of Markdown, without the column of codecs."""
    found = []
    for line in PAGE.read_text().splitlines():
        if line.startswith("| `"):
            codecs, _, others = line.removeprefix("| ").partition(" | ")
            if f"`{codec}`" in codecs.split(", "):
                found.append(f"| {others}")
    return found


class CodecDifferences(SphinxDirective):
    """A table with the rows of one codec, or a sentence where it has none."""

    required_arguments = 1

    def run(self) -> list[Node]:
        """Parse the text where the directive stands."""
        self.env.note_dependency(str(PAGE))
        link = "[differences of every codec](../differences.md#every-codec)"
        rows = rows_of(self.arguments[0])
        if rows:
            head = ["| input | MMPose 1.3.2 | posecodec_rs |", "|---|---|---|"]
            lines = [f"In addition to the {link}:", "", *head, *rows]
        else:
            lines = [f"Only the {link}."]
        return self.parse_text_to_nodes("\n".join(lines))


def setup(app: Sphinx) -> None:
    """Register the directive."""
    app.add_directive("differences", CodecDifferences)
