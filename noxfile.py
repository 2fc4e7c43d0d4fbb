"""The wheel under every Python and NumPy that it is for, and what PyPI asks of it.

`make test-pythons` runs this. Interpreters are looked for on the PATH, to which the Makefile adds
pyenv's; those that are not there are skipped, and said so. What follows ``--`` goes to pytest.
"""

from pathlib import Path

import nox

PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
NUMPY_1_UP_TO = "3.12"
"""The last Python that NumPy 1.26 has wheels for."""

HERE = Path(__file__).parent
TEST = nox.project.dependency_groups(nox.project.load_toml("pyproject.toml"), "test")

nox.options.envdir = "target/pythons"
nox.options.error_on_missing_interpreters = False
nox.options.stop_on_first_error = False


def the_wheel() -> str:
    """The path of the wheel that `make` built."""
    (wheel,) = HERE.glob("target/wheels/*.whl")
    return str(wheel)


@nox.session
def audit(session: nox.Session) -> None:
    """It keeps to the stable ABI that its name says, and its metadata are in order."""
    session.install("abi3audit", "twine")
    session.run("abi3audit", "--strict", "--summary", the_wheel())
    session.run("twine", "check", "--strict", the_wheel())


@nox.session(python=PYTHONS)
@nox.parametrize("numpy", ["numpy==1.26.*", "numpy>=2"], ids=["numpy1", "numpy2"])
def tests(session: nox.Session, numpy: str) -> None:
    """Every test, with this NumPy."""
    if numpy == "numpy==1.26.*" and PYTHONS.index(session.python) > PYTHONS.index(NUMPY_1_UP_TO):
        session.skip("NumPy 1.26 has no wheels for it")
    session.install(f"{the_wheel()}[cli]", numpy, *TEST)
    session.run("python", "-c", "import sys, numpy; print(sys.version, numpy.__version__)")
    session.run("python", "-m", "pytest", *session.posargs)
