"""Lets autodoc read ``_core.pyi``, which has types and docstrings, and not the compiled module."""

import ast
import sys
from copy import deepcopy
from importlib.abc import InspectLoader
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path

from posecodec_rs import types


class StubLoader(InspectLoader):
    """Imports a stub as a module."""

    def __init__(self, path: Path) -> None:
        """Rewrite the stub into what Python can run and a reader can follow."""
        self.source = ast.unparse(_Rewriter().visit(ast.parse(path.read_text())))

    def get_source(self, fullname: str) -> str:
        """The source, which autodoc parses for the order of members."""
        return (
            "from __future__ import annotations\nfrom typing import no_type_check\n" + self.source
        )


class _Rewriter(ast.NodeTransformer):
    """Writes private aliases out, qualifies public types, and keeps the last of the overloads."""

    def __init__(self) -> None:
        self.aliases: dict[str, ast.expr] = {}

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        match node:
            case ast.AnnAssign(target=ast.Name(name), value=ast.expr() as value):
                self.aliases[name] = self.visit(deepcopy(value))
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        match node:
            case ast.Assign(targets=[ast.Name(name)], value=ast.Call(keywords=[bound])):
                self.aliases[name] = self.visit(deepcopy(bound.value))
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.body = [self.visit(member) for member in node.body]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if node.name == "__new__":  # autodoc would prefer it to the `__init__` of subclasses
            node.name = "__init__"
        kept = [name for name in node.decorator_list if ast.unparse(name) != "overload"]
        # Annotations stay as they are written: `npt.NDArray` is shorter than what it means.
        node.decorator_list = [*kept, ast.Name("no_type_check")]
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in types.__all__:
            return ast.Name(f"posecodec_rs.types.{node.id}")
        return deepcopy(self.aliases.get(node.id, node))


def load_stub(name: str, **names: str) -> None:
    """Put the stub of a module, with the `names` that it only declares, in the module's place."""
    path = Path(sys.modules[name].__file__ or "").parent / f"{name.rpartition('.')[2]}.pyi"
    loader = StubLoader(path)
    module = module_from_spec(ModuleSpec(name, loader))
    vars(module).update(names)
    loader.exec_module(module)
    for imported in [other for other in sys.modules if other.startswith("posecodec_rs")]:
        del sys.modules[imported]  # it holds the compiled classes
    sys.modules[name] = module
