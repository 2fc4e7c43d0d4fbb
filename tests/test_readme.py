"""The README's examples run and print what they say."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_example(block: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(block, "README.md", "exec"), {})
    printed = capsys.readouterr().out.split("\n")[:-1]
    said = re.findall(r"^print\(.*\)  # (.*)$", block, re.MULTILINE)
    assert len(printed) == len(said)
    for line, comment in zip(printed, said, strict=True):
        assert comment.startswith(line)


def test_every_file_it_links_to_is_there() -> None:
    for link in re.findall(r"\]\((?!http)([^)#]+)", (ROOT / "README.md").read_text()):
        assert (ROOT / link).exists(), link
