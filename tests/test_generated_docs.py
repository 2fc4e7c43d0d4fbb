"""The stub and the README hold the docstrings of the compiled module."""

import ast
import importlib.util
import inspect
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import posecodec_rs
import pytest
from posecodec_rs import _core, functional

SCRIPT = Path(__file__).parents[1] / "scripts" / "generate_docs.py"
# Of the installed package: editors read this one.
STUB = Path(posecodec_rs.__file__).with_name("_core.pyi")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_docs", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_files_are_up_to_date() -> None:
    command = [sys.executable, str(SCRIPT), "--check"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.fixture(scope="module")
def definitions() -> dict[str, Any]:
    """The classes and functions of the stub."""
    return {node.name: node for node in ast.parse(STUB.read_text()).body if hasattr(node, "name")}


@pytest.mark.parametrize("name", sorted(set(_core.__all__) - {"__version__"}))
def test_stub_has_every_docstring(name: str, definitions: dict[str, Any]) -> None:
    compiled = getattr(_core, name)
    if inspect.getdoc(compiled):
        assert ast.get_docstring(definitions[name]) == inspect.getdoc(compiled)
    members = [node for node in definitions[name].body if isinstance(node, ast.FunctionDef)]
    for member in members if isinstance(compiled, type) else ():
        if not member.name.startswith("_"):
            docstring = inspect.getdoc(getattr(compiled, member.name))
            assert docstring
            assert ast.get_docstring(member) == docstring, member.name


def test_changed_docstrings_are_written_again(script: ModuleType) -> None:
    text = STUB.read_text()
    docstring = '"""Input size (w, h) in pixels."""'
    assert docstring in text
    for stale in ('"""Input size."""', '"""Input\n\n        size.\n        """', "..."):
        assert script.with_docstrings(text.replace(docstring, stale)) == text


def test_new_names_are_exported(script: ModuleType) -> None:
    text = STUB.read_text()
    assert script.with_docstrings(text.replace('    "UDPHeatmap",\n', "", 1)) == text


def test_forms_of_a_codec(script: ModuleType) -> None:
    rows = {
        row.split("`")[1]: row for row in list(script.codec_table(ast.parse(STUB.read_text())))[2:]
    }
    assert set(rows) == {codec.__name__ for codec in posecodec_rs.CODECS.values()}
    assert rows["UDPHeatmap"].endswith("| sample, batch, `out=` | sample, batch, `flipped=` |")
    assert rows["AssociativeEmbedding"].endswith("| sample, batch, list, `out=` | batch |")
    assert rows["YOLOXPoseAnnotationProcessor"].endswith("| nothing |")


def test_every_function_has_a_row(script: ModuleType) -> None:
    rows = list(script.function_table(ast.parse(STUB.read_text())))[2:]
    assert {row.split("`")[1] for row in rows} == set(functional.__all__)
    blur = [row for row in rows if row.startswith("| `gaussian_blur` |")]
    assert len(blur) == 1
    assert "[DarkPose](https://arxiv.org/abs/1910.06278)" in blur[0]
