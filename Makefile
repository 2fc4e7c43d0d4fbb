# What the README's commands do. Everything is installed into .venv; nothing outside this folder.
#
#   make demo [ANNOTATIONS=coco.json]   build, install, run every codec on a sample or your own file
#   make test                           the Rust crate's tests, then pytest on the installed wheel
#   make test-mmpose                    the tests that need torch and the real MMPose
#   make lint                           formatters, clippy, ruff, mypy, stubtest
#   make bench                          kernels, and side by side with MMPose where it is installed
#   make docs                           the crate's documentation
#   make golden                         record the reference's answers afresh (needs MMPose)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
# For test-mmpose: an environment that has MMPose and pytest, or else one is made, for which pip
# installs TORCH: a requirement, a wheel; by default a build without CUDA's gigabytes.
VENV_MMPOSE := .venv-mmpose
MMPOSE_PYTHON ?= $(VENV_MMPOSE)/bin/python
TORCH ?=
OWN_MMPOSE := $(filter $(VENV_MMPOSE)/%,$(MMPOSE_PYTHON))
TORCH_TESTS := tests/with_mmpose tests/test_inputs.py tests/test_functional.py \
	tests/test_loaders.py tests/test_readme.py
PIP_MMPOSE := $(VENV_MMPOSE)/bin/pip install --quiet --disable-pip-version-check
SOURCES := $(shell find rust python -name '*.rs' -o -name '*.toml' -o -name '*.py' -o -name '*.pyi' \
	-o -name '*.json') Cargo.toml Cargo.lock pyproject.toml README.md LICENSE

.PHONY: demo test test-rust test-python test-mmpose mmpose-torch lint lint-rust lint-python bench \
	docs golden clean

demo: $(VENV)/.demo
	$(BIN)/posecodec demo $(ANNOTATIONS) $(OPTIONS)

test: test-rust test-python

# With and without threads: the crate must stand without Python and without rayon.
test-rust:
	cargo test --locked -p posecodec
	cargo test --locked -p posecodec --no-default-features --lib --tests

# The sources are not on the path: it is the installed wheel that is tested.
test-python: $(VENV)/.test
	$(BIN)/python -m pytest

# The wheel is put beside the environment, not into it: it may be someone's own.
test-mmpose: $(VENV)/.installed mmpose-torch $(if $(OWN_MMPOSE),$(VENV_MMPOSE)/.installed)
	rm -rf target/site
	$(PIP) --no-deps --target target/site target/wheels/*.whl
	PYTHONPATH=$(CURDIR)/target/site $(MMPOSE_PYTHON) -m pytest $(TORCH_TESTS)

mmpose-torch: $(if $(OWN_MMPOSE),$(VENV_MMPOSE)/.torch)

lint: lint-rust lint-python

lint-rust:
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- --deny warnings
	cargo clippy --locked -p posecodec --no-default-features --all-targets -- --deny warnings
	RUSTDOCFLAGS='--deny warnings' cargo doc --locked --no-deps --workspace --document-private-items

lint-python: $(VENV)/.lint
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest posecodec_rs._core

bench: $(VENV)/.installed
	cargo bench --locked -p posecodec
	$(BIN)/python benchmarks/compare.py

docs:
	cargo doc --locked --no-deps -p posecodec --open

golden: $(VENV)/.installed
	$(BIN)/python tests/golden/record.py

clean:
	rm -rf $(VENV) $(VENV_MMPOSE) target demo-output

# The wheel, as a user gets it.
$(VENV)/.installed: $(SOURCES)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -c 'import sys; sys.version_info >= (3, 10) or sys.exit("Python 3.10 or later is needed: make PYTHON=...")'
	$(PIP) 'maturin>=1.9.4,<2'
	rm -rf target/wheels
	$(BIN)/maturin build --release --locked --out target/wheels
	$(PIP) --force-reinstall --no-deps target/wheels/*.whl
	$(PIP) target/wheels/*.whl
	touch $@

$(VENV)/.demo: $(VENV)/.installed
	$(PIP) "$$(ls target/wheels/*.whl)[cli]"
	touch $@

$(VENV)/.test: $(VENV)/.demo pyproject.toml
	$(PIP) --upgrade 'pip>=25.1'
	$(PIP) --group test
	touch $@

$(VENV)/.lint: $(VENV)/.test
	$(PIP) --group lint
	touch $@

# The machine may hold a wheel of torch; else it comes from PyTorch's index of builds for the CPU.
$(VENV_MMPOSE)/.torch:
	test -x $(VENV_MMPOSE)/bin/python || $(PYTHON) -m venv $(VENV_MMPOSE)
	$(if $(TORCH),$(PIP_MMPOSE) '$(TORCH)', \
		$(PIP_MMPOSE) --no-deps --no-index torch==2.13.0 2>/dev/null || \
		$(PIP_MMPOSE) --no-deps --retries 1 --index-url https://download.pytorch.org/whl/cpu torch==2.13.0)
	touch $@

# MMPose's packages without what they ask for: half of that has to be compiled, and none of it runs.
$(VENV_MMPOSE)/.installed: $(VENV_MMPOSE)/.torch pyproject.toml
	$(PIP_MMPOSE) --upgrade 'pip>=25.1'
	$(PIP_MMPOSE) --group test --group mmpose
	$(PIP_MMPOSE) --no-deps mmpose==1.3.2 mmcv-lite==2.1.0 mmengine==0.10.7
	touch $@
