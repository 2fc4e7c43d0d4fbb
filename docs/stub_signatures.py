"""A Sphinx extension: the types that stand in the stub, for what autodoc reads from the module.

Autodoc reads either the compiled module, which has docstrings but no types, or its stub, which has
types but no docstrings. So it reads the module, and this puts the stub's signatures in.
"""

import ast
from copy import deepcopy
from pathlib import Path
from typing import Any

import posecodec_rs
from posecodec_rs import types
from sphinx.application import Sphinx
from sphinx.pycode import ModuleAnalyzer

STUB = ast.parse(Path(posecodec_rs.__file__).with_name("_core.pyi").read_text())
# What stands for a longer type in the stub alone, `_Size`, is written out; so are type variables.
ALIASES: dict[str, ast.expr] = {}
for node in STUB.body:
    match node:
        case ast.AnnAssign(target=ast.Name(name), value=ast.expr() as value):
            ALIASES[name] = value
        case ast.Assign(targets=[ast.Name(name)], value=ast.Call(keywords=[bound])):
            ALIASES[name] = bound.value


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to autodoc."""
    app.connect("autodoc-process-signature", _signature)
    app.connect("autodoc-process-docstring", _property_type)
    _keep_order()
    return {"parallel_read_safe": True}


def _keep_order() -> None:
    """Have classes' members listed as the stub lists them, not by the alphabet."""
    source = ModuleAnalyzer.for_module("posecodec_rs")
    source.analyze()
    for owner in STUB.body:
        for member in getattr(owner, "body", ()):
            name = f"{getattr(owner, 'name', '')}.{getattr(member, 'name', '')}"
            source.tagorder.setdefault(name, len(source.tagorder))


def _signature(
    _app: Sphinx, what: str, name: str, _obj: Any, _options: Any, args: str | None, returns: str
) -> tuple[str | None, str]:
    """The arguments and the answer of a class, a method or a function."""
    if what not in ("class", "method", "function"):
        return args, returns
    makers = [f"{name}.__init__", f"{name}.__new__"] if what == "class" else [name]
    function = next(filter(None, map(_find, makers)), None)
    if function is None:
        return args, returns
    if what != "function":
        del function.args.args[0]  # self, or cls
    answer = "" if what == "class" or function.returns is None else ast.unparse(function.returns)
    return f"({ast.unparse(function.args)})", answer


def _property_type(
    _app: Sphinx, what: str, name: str, _obj: Any, _options: Any, lines: list[str]
) -> None:
    """The type of a property, below what is said of it."""
    getter = _find(name) if what in ("attribute", "property") else None
    if getter is not None and getter.returns is not None:
        lines += ["", f":type: {ast.unparse(getter.returns)}", ""]


def _find(name: str) -> ast.FunctionDef | None:
    """A function of the stub by its public name; of several overloads the last, most general."""
    found: ast.AST | None = STUB
    for part in name.removeprefix("posecodec_rs.").removeprefix("functional.").split("."):
        named = {getattr(node, "name", None): node for node in getattr(found, "body", ())}
        found = named.get(part)
    return _Spelled().visit(deepcopy(found)) if isinstance(found, ast.FunctionDef) else None


class _Spelled(ast.NodeTransformer):
    """Writes aliases out, and says where the package's own types are, so that they become links."""

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in ALIASES:
            return self.visit(deepcopy(ALIASES[node.id]))
        if node.id in types.__all__:
            return ast.Name(f"posecodec_rs.types.{node.id}")
        return node
