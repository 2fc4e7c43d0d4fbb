"""Folds the fields of the types in docs/types.md, and keeps them out of the menu."""

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx


def fold(app: Sphinx, document: nodes.document) -> None:
    """Put the fields of each class into an element that opens on a click."""
    if app.env.docname != "types":
        return
    for described in list(document.findall(addnodes.desc)):
        if described["objtype"] != "class":
            continue
        content = described[-1]
        fields = [child for child in content if isinstance(child, addnodes.desc)]
        for field in fields:
            field[0]["_toc_name"] = ""
        if fields:
            opening = "<details><summary>Fields</summary>"
            content.insert(content.index(fields[0]), nodes.raw("", opening, format="html"))
            content.append(nodes.raw("", "</details>", format="html"))


def setup(app: Sphinx) -> None:
    """Fold before the table of contents is made, at priority 500."""
    app.connect("doctree-read", fold, priority=400)
