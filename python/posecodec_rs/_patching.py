"""Replaces functions and classes of other packages, and undoes it."""

import ast
import hashlib
import inspect
import sys
import textwrap
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any

Pair = tuple[Any, Any]
"""An object of another package, and the one that replaces it."""


class Patches:
    """Changes that are undone together, in reverse order."""

    def __init__(self) -> None:
        """Start without changes."""
        self._undo = ExitStack()

    @contextmanager
    def adding(self) -> Iterator[ExitStack]:
        """Collect the reversals of more changes. If one of the changes fails, undo all of them."""
        with ExitStack() as undo:
            yield undo
            self._undo.push(undo.pop_all())

    def undo(self) -> None:
        """Undo all changes."""
        self._undo.close()


@contextmanager
def importing(module: str, needs: str) -> Iterator[None]:
    """Import what a module needs. If that fails, the error names both."""
    try:
        yield
    except ImportError as error:
        raise ImportError(
            f"{module} needs {needs}, which cannot be imported: {error}",
            name=error.name,
            path=error.path,
        ) from error


@cache  # once
def warn_if_untested(module: str, tested: str, installed: str, project: str = "MMPose") -> None:
    """Warn, from the caller of `install`, that a module was tested with another version."""
    if installed != tested:
        warnings.warn(
            f"{module} was tested with {project} {tested} and returns its results, but {installed} "
            "is installed",
            stacklevel=4,
        )


def replace(
    undo: ExitStack,
    package: str,
    module: Any,
    replacements: Mapping[str, Any],
    keeps: Callable[[str, Any], bool] = lambda path, value: False,
) -> None:
    """Replace objects of a module, by name, and other names for them in its package.

    Args:
        undo: Receives the reversal.
        package: The package in whose modules names are bound.
        module: The module that has the objects.
        replacements: The new objects by name. A name that the module does not have is added.
        keeps: Called with the path of a module and an old object; whether that module keeps it.
    """
    pairs: list[Pair] = []
    for name, new in replacements.items():
        old = getattr(module, name, None)
        if old is None:
            put(undo, vars(module), name, new)
        elif old is not new:
            pairs.append((old, new))
    undo.callback(swap, package, [(new, old) for old, new in pairs], keeps)
    swap(package, pairs, keeps)


def swap(package: str, pairs: Iterable[Pair], keeps: Callable[[str, Any], bool]) -> None:
    """In all modules of a package, bind the names of each pair's first object to its second."""
    new = {id(before): after for before, after in pairs}
    for path, module in list(sys.modules.items()):
        if module is None or not f"{path}.".startswith(f"{package}."):
            continue
        for name, value in list(vars(module).items()):
            if id(value) in new and not keeps(path, value):
                setattr(module, name, new[id(value)])


def keeps_definition(path: str, value: Any) -> bool:
    """Whether a module keeps its class: pickles of objects that were built before find it there."""
    return bool(path == value.__module__)


def put(undo: ExitStack, names: dict[str, Any], name: str, new: Any) -> None:
    """Set an item of a dict. `undo` receives the reversal."""
    undo.callback(rebind, names, name, new, names.get(name))
    names[name] = new


def rebind(names: Any, name: str, current: Any, before: Any) -> None:
    """Restore an item of a dict, unless it is another object than `current` now."""
    if names.get(name) is current:
        if before is None:
            del names[name]
        else:
            names[name] = before


def fingerprint(function: Any) -> str | None:
    """A hash of the code of a function or class, and of what it calls in its own package.

    Comments, docstrings, annotations, decorators and layout do not change it, nor does the version
    of Python. None if a part of the source is not available.
    """
    shapes: dict[str, Any] = {}
    try:
        _add_shapes(shapes, function)
    except (OSError, TypeError, SyntaxError):
        return None
    return hashlib.sha256(repr(sorted(shapes.items())).encode()).hexdigest()[:16]


def _add_shapes(shapes: dict[str, Any], function: Any) -> None:
    """Add the code of a function or class, and of what it calls, by name."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    shapes[function.__name__] = _shape(tree)
    module = sys.modules[function.__module__]
    package = module.__name__.partition(".")[0]
    for node in ast.walk(tree):
        called: Any = getattr(module, node.id, None) if isinstance(node, ast.Name) else None
        own = inspect.isfunction(called) or inspect.isclass(called)
        if own and called.__module__.partition(".")[0] == package and called.__name__ not in shapes:
            _add_shapes(shapes, called)


_IGNORED = {"annotation", "ctx", "decorator_list", "kind", "returns", "type_comment", "type_params"}


def _shape(node: Any) -> Any:
    """The nodes of a syntax tree as nested tuples."""
    if isinstance(node, list):
        return tuple(_shape(item) for item in node if not _is_docstring(item))
    if not isinstance(node, ast.AST):
        return node
    fields = [(name, value) for name, value in ast.iter_fields(node) if name not in _IGNORED]
    # Newer versions of Python leave out what is empty.
    present = [(name, _shape(value)) for name, value in fields if value not in (None, [])]
    return (type(node).__name__, *sorted(present, key=lambda field: field[0]))


def _is_docstring(node: Any) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
