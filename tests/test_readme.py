"""The examples of the README and of the pages in `docs` run and print what they say."""

import re
import shlex
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [
    ROOT / "README.md",
    ROOT / "examples" / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]


def found(pattern: str) -> dict[str, str]:
    """What is found in the pages, by the page and a number."""
    return {
        f"{page.relative_to(ROOT).with_suffix('')}-{number}": match
        for page in PAGES
        for number, match in enumerate(re.findall(pattern, page.read_text(), re.DOTALL))
    }


EXAMPLES = found(r"```python\n(.*?)```")
# Those that the environment of `make test-mmpose` has, and that of `make test` has not.
NEEDS_TORCH = re.compile(r"^(?:from|import) (mmpose|torch|cv2)\b", re.MULTILINE)
NEEDS_PILLOW = re.compile(r"^from (PIL)\b", re.MULTILINE)  # of the command line's packages
# `bench` is left out: it takes as long as it takes to measure.
COMMANDS = found(r"\n\$ posecodec (?!bench)(.*?)(?=\n| +#)")


@pytest.fixture
def without_mmpose() -> Iterator[None]:
    """Leaves MMPose as it was, where an example has installed something there."""
    from posecodec_rs.mmpose import uninstall

    yield
    uninstall()


@pytest.mark.usefixtures("without_mmpose")
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")  # of MMPose
@pytest.mark.parametrize(
    "block",
    [
        pytest.param(block, id=name, marks=[pytest.mark.torch] if NEEDS_TORCH.search(block) else [])
        for name, block in EXAMPLES.items()
    ],
)
def test_example(block: str, capsys: pytest.CaptureFixture[str]) -> None:
    for package in NEEDS_TORCH.findall(block) + NEEDS_PILLOW.findall(block):
        pytest.importorskip(package)
    exec(compile(block, "example", "exec"), {})
    printed = capsys.readouterr().out.split("\n")[:-1]
    said = re.findall(r"^ *print\(.*\)  # (.*)$", block, re.MULTILINE)
    assert len(printed) == len(said)
    for line, comment in zip(printed, said, strict=True):
        assert comment.startswith(line)


@pytest.mark.slow  # runs every codec on the sample
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_command(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runner = pytest.importorskip("typer.testing", reason="no command line installed").CliRunner()
    from posecodec_rs.cli.app import make_app

    monkeypatch.chdir(tmp_path)
    # The bundled people stand for all of COCO's.
    people = str(files("posecodec_rs") / "data" / "people.json")
    arguments = shlex.split(command.replace("person_keypoints_val2017.json", people))
    answer = runner.invoke(make_app(), arguments)
    assert answer.exit_code == 0, answer.output


def test_every_codec_has_a_page_with_an_example() -> None:
    from posecodec_rs import CODECS

    for name in {codec.__name__ for codec in CODECS.values()}:
        pages = [page for page in PAGES if page.read_text().startswith(f"# {name}\n")]
        assert len(pages) == 1, name
        assert f"import {name}\n" in pages[0].read_text()
        assert f"](docs/codecs/{pages[0].name})" in PAGES[0].read_text()


def test_differences_name_codecs() -> None:
    """Each codec's page shows the rows whose first column has its name."""
    from posecodec_rs import CODECS

    page = (ROOT / "docs" / "differences.md").read_text()
    tables = re.findall(r"^\| codec \|.*\n\|[-|]+\n((?:\|.*\n)+)", page, re.MULTILINE)
    rows = [row for table in tables for row in table.splitlines()]
    named = {name for row in rows for name in row.split(" | ")[0].removeprefix("| ").split(", ")}
    assert named <= {f"`{codec.__name__}`" for codec in CODECS.values()}
    assert {"`UDPHeatmap`", "`SPR`", "`MotionBERTLabel`"} <= named


def test_everything_public_has_a_reference() -> None:
    import posecodec_rs

    references = set(
        re.findall(r":: (?:posecodec_rs\.)?(\w+)\n", "".join(map(Path.read_text, PAGES)))
    )
    names = {getattr(posecodec_rs, name) for name in posecodec_rs.__all__ if name != "CODECS"}
    modules_and_text = {posecodec_rs.functional, posecodec_rs.__version__}
    assert {item.__name__ for item in names - modules_and_text} <= references
    assert {"CODECS", "functional"} <= references


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_it_links_to_is_there(page: Path) -> None:
    for link in re.findall(r"\]\((?!\w+:)([^)#]+)", page.read_text()):
        assert (page.parent / link).exists(), link
