"""The files that are published: in the crate, in the wheel, and in the source distribution."""

import json
import shutil
import subprocess
import sys
import tarfile
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LICENSE = (ROOT / "LICENSE").read_bytes()

pytestmark = pytest.mark.slow  # packs archives


def unpacked(archive: Path) -> dict[str, bytes]:
    """The files of an archive by their path in its only folder."""
    files = {}
    with tarfile.open(archive) as tar:
        for member in tar:
            if (file := tar.extractfile(member)) is not None:
                files[member.name] = file.read()
    assert len({name.split("/")[0] for name in files}) == 1
    return {name.partition("/")[2]: content for name, content in files.items()}


def sources(folder: str, suffix: str) -> set[str]:
    """The files below a folder of this repository that Git knows."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a Git checkout")
    command = ["git", "ls-files", f"{folder}/**/*{suffix}", f"{folder}/*{suffix}"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return set(listed.stdout.split())


@pytest.mark.skipif(shutil.which("cargo") is None, reason="cargo is not installed")
def test_crate(tmp_path: Path) -> None:
    command = "cargo package --quiet --package posecodec --no-verify --allow-dirty --target-dir"
    subprocess.run([*command.split(), str(tmp_path)], cwd=ROOT, check=True)
    (crate,) = tmp_path.glob("package/*.crate")
    files = unpacked(crate)
    assert files["LICENSE"] == LICENSE
    assert files["README.md"] == (ROOT / "rust/posecodec/README.md").read_bytes()
    prefix = "rust/posecodec/"
    wanted = {name.removeprefix(prefix) for name in sources("rust/posecodec/src", ".rs")}
    assert wanted <= set(files)
    folders = {name.partition("/")[0] for name in files if "/" in name}
    assert folders <= {"src", "examples", "benches", "tests"}


def test_sdist(tmp_path: Path) -> None:
    maturin = shutil.which("maturin", path=str(Path(sys.executable).parent))
    if maturin is None:
        pytest.skip("maturin is not installed in this environment")
    subprocess.run([maturin, "sdist", "--out", str(tmp_path)], cwd=ROOT, check=True)
    (sdist,) = tmp_path.glob("*.tar.gz")
    files = unpacked(sdist)
    for name in ("LICENSE", "README.md", "Cargo.lock", "pyproject.toml"):
        assert files[name] == (ROOT / name).read_bytes()
    assert files["rust/posecodec/LICENSE"] == LICENSE
    wanted = sources("rust/posecodec/src", ".rs") | sources("rust/posecodec-py/src", ".rs")
    wanted |= sources("python", ".py")
    assert wanted <= set(files)
    assert not [name for name in files if name.endswith((".so", ".pyd", ".dylib", ".pyc"))]


def test_wheel() -> None:
    distribution = metadata.distribution("posecodec-rs")
    url = json.loads(distribution.read_text("direct_url.json") or "{}")
    if url.get("dir_info", {}).get("editable"):
        pytest.skip("an editable installation has no files of its own")
    files = {str(path): path for path in distribution.files or ()}
    wanted = {name.removeprefix("python/") for name in sources("python", "")}
    assert wanted <= set(files)
    package = [name for name in files if name.startswith("posecodec_rs/")]
    libraries = [name for name in package if name not in wanted and "__pycache__" not in name]
    assert [name.split(".")[0] for name in libraries] == ["posecodec_rs/_core"]
    (license_file,) = [path for name, path in files.items() if name.endswith("licenses/LICENSE")]
    assert license_file.read_binary() == LICENSE


def test_metadata() -> None:
    found = metadata.metadata("posecodec-rs").json
    assert found["license_expression"] == "Apache-2.0"
    assert found["requires_python"] == ">=3.10"
    assert "numpy>=1.23" in found["requires_dist"]
    assert found["description"].startswith("# ")
    assert found["summary"]
    assert "Typing :: Typed" in found["classifier"]
    cited = (ROOT / "CITATION.cff").read_text()
    assert f"\nversion: {found['version']}\n" in cited
