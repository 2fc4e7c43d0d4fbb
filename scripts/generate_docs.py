"""Copies docstrings of the compiled module to where people read them: the stub and two tables.

``_core.pyi`` gets the docstrings and ``__all__``; its signatures are written by hand. The README
gets a table with one row per codec, and ``docs/functional.md`` one with one row per function: the
first paragraph of its docstring and the papers that the docstring cites. What a codec encodes and
decodes comes from the signatures. Run this after a docstring or a signature has changed.

    python scripts/generate_docs.py [--check]
"""

import argparse
import ast
import inspect
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from textwrap import indent
from typing import Any, TypeAlias

from posecodec_rs import _core, functional

ROOT = Path(__file__).parents[1]
STUB = ROOT / "python" / "posecodec_rs" / "_core.pyi"
README = ROOT / "README.md"
PAGES = ROOT / "docs" / "codecs"
FUNCTIONS = ROOT / "docs" / "functional.md"

Documented: TypeAlias = ast.ClassDef | ast.FunctionDef


def main() -> int:
    """Write the files or, with ``--check``, name those that are out of date."""
    parser = argparse.ArgumentParser(description="Write docstrings into the stub and the tables.")
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    check = parser.parse_args().check
    stub = with_docstrings(STUB.read_text())
    files = {
        STUB: stub,
        README: with_table(README.read_text(), codec_table(ast.parse(stub))),
        FUNCTIONS: with_table(FUNCTIONS.read_text(), function_table(ast.parse(stub))),
    }
    changed = [path for path, text in files.items() if path.read_text() != text]
    for path in changed:
        if check:
            print(f"{path.relative_to(ROOT)}: out of date; run python scripts/generate_docs.py")
        else:
            path.write_text(files[path])
    return 1 if check and changed else 0


def with_docstrings(stub: str) -> str:
    """The stub with the docstrings and the ``__all__`` of the compiled module."""
    tree = ast.parse(stub)
    lines = stub.splitlines()
    # From the last one to the first, so that the line numbers of the others stay right.
    for node, docstring in sorted(_documented(tree), key=lambda pair: -pair[0].lineno):
        _replace_docstring(lines, node, docstring)
    exports = "".join(f'    "{name}",\n' for name in sorted(_core.__all__, key=_isort_key))
    text = "\n".join(lines) + "\n"
    return re.sub(r"(?s)^__all__ = \[.*?^\]", f"__all__ = [\n{exports}]", text, flags=re.MULTILINE)


def _isort_key(name: str) -> tuple[int, str]:
    """Ruff's order of names: constants, classes, functions."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


def _documented(tree: ast.Module) -> Iterator[tuple[Documented, str]]:
    """The stub's classes, methods and functions, and the docstrings of the compiled ones."""
    for item in tree.body:
        if not isinstance(item, Documented):
            continue
        compiled = getattr(_core, item.name)
        for node, described in [(item, compiled), *_members(item, compiled)]:
            docstring = described.__doc__
            if docstring is None or node.name.startswith("_"):
                continue
            if "\\" in docstring or '"""' in docstring or docstring.endswith('"'):
                raise ValueError(f"the docstring of {node.name} needs escapes")
            yield node, docstring


def _members(item: Documented, compiled: Any) -> Iterator[tuple[ast.FunctionDef, Any]]:
    for node in item.body:
        if isinstance(item, ast.ClassDef) and isinstance(node, ast.FunctionDef):
            yield node, inspect.getattr_static(compiled, node.name)


def _replace_docstring(lines: list[str], node: Documented, docstring: str) -> None:
    """Put the docstring in the place of the old one or of ``...``, or before a class's body."""
    margin = " " * (node.col_offset + 4)
    closing = "\n" if "\n" in docstring else ""
    new = indent(f'"""{docstring}{closing}"""', margin).splitlines()
    body = node.body[0]
    if ast.get_docstring(node) is None and ast.unparse(body) != "...":
        start = min(line.lineno for line in [body, *getattr(body, "decorator_list", [])]) - 1
        lines[start:start] = new
        return
    head = lines[body.lineno - 1][: body.col_offset].rstrip()
    lines[body.lineno - 1 : body.end_lineno] = [head, *new] if head else new


def with_table(page: str, rows: Iterable[str]) -> str:
    """The page with these rows between its markers."""
    start, end = "<!-- generated:start -->\n", "<!-- generated:end -->\n"
    before, _, rest = page.partition(start)
    return before + start + "".join(f"{row}\n" for row in rows) + end + rest.partition(end)[2]


def codec_table(stub: ast.Module) -> Iterator[str]:
    """One row of Markdown per codec, in the order of the stub."""
    pages = {page.read_text().splitlines()[0]: page for page in PAGES.glob("*.md")}
    yield "| codec | what it does | paper | encodes | decodes |"
    yield "|---|---|---|---|---|"
    for item in stub.body:
        if isinstance(item, ast.ClassDef) and "BaseKeypointCodec" in map(ast.unparse, item.bases):
            page = pages[f"# {item.name}"].relative_to(ROOT).as_posix()
            ways = [", ".join(_forms(item, way)) or "nothing" for way in ("encode", "decode")]
            yield f"| [`{item.name}`]({page}) | {_summary(item)} | {' | '.join(ways)} |"


def function_table(stub: ast.Module) -> Iterator[str]:
    """One row of Markdown per function of `posecodec_rs.functional`, in the order of the stub."""
    yield "| function | what it does | paper |"
    yield "|---|---|---|"
    for item in stub.body:
        if isinstance(item, ast.FunctionDef) and item.name in functional.__all__:
            yield f"| `{item.name}` | {_summary(item)} |"


def _summary(item: Documented) -> str:
    """Two cells: the first paragraph of the docstring, and links to its papers."""
    docstring = ast.get_docstring(item) or ""
    summary = " ".join(docstring.partition("\n\n")[0].split()).removesuffix(".")
    papers = re.findall(r"`([^`<]+) <([^>]+)>`_", " ".join(docstring.split()))
    links = ", ".join(f"[{title}]({address})" for title, address in papers)
    return f"{_markdown(summary)} | {links}"


def _markdown(text: str) -> str:
    """A line of reStructuredText as Markdown."""
    return re.sub(r":\w+:`([^`]+)`|``([^`]+)``", lambda found: f"`{found[1] or found[2]}`", text)


def _forms(codec: ast.ClassDef, way: str) -> Iterator[str]:
    """What one can give to ``encode`` and ``batch_encode``, or ``decode`` and ``batch_decode``."""
    keywords: set[str] = set()
    for name, form in ((way, "sample"), (f"batch_{way}", "batch")):
        overloads = [
            node
            for node in codec.body
            if isinstance(node, ast.FunctionDef)
            and node.name == name
            and ast.unparse(node.returns or node) not in ("None", "NoReturn")
        ]
        if overloads:
            yield form
        first = {ast.unparse(node.args.args[1].annotation or node) for node in overloads}
        if first & {"_Images", "_Listed"}:
            yield "list"
        keywords |= {argument.arg for node in overloads for argument in node.args.kwonlyargs}
    yield from (f"`{name}=`" for name in ("out", "flipped") if name in keywords)


if __name__ == "__main__":
    sys.exit(main())
