"""The examples of the README and of the pages in `docs` run and print what they say."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
EXAMPLES = {
    f"{page.stem}-{number}": block
    for page in PAGES
    for number, block in enumerate(re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL))
}


@pytest.fixture
def without_mmpose() -> Iterator[None]:
    """Leaves MMPose as it was, where an example has installed something there."""
    from posecodec_rs.mmpose import uninstall

    yield
    uninstall()


@pytest.mark.usefixtures("without_mmpose")
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")  # of MMPose
@pytest.mark.parametrize("block", EXAMPLES.values(), ids=EXAMPLES)
def test_example(block: str, capsys: pytest.CaptureFixture[str]) -> None:
    for package in re.findall(r"^from (mmpose|torch)\b", block, re.MULTILINE):
        pytest.importorskip(package)
    exec(compile(block, "example", "exec"), {})
    printed = capsys.readouterr().out.split("\n")[:-1]
    said = re.findall(r"^ *print\(.*\)  # (.*)$", block, re.MULTILINE)
    assert len(printed) == len(said)
    for line, comment in zip(printed, said, strict=True):
        assert comment.startswith(line)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_file_it_links_to_is_there(page: Path) -> None:
    for link in re.findall(r"\]\((?!http)([^)#]+)", page.read_text()):
        assert (page.parent / link).exists(), link
