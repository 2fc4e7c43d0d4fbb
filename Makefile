# Everything is installed into .venv (with torch and MMPose: .venv-mmpose); nothing outside of this
# folder is changed. What is rarer is a session of nox: `.venv/bin/nox --list`.
#
#   make demo [ANNOTATIONS=coco.json]  build, install, run every codec on a sample or your own file
#   make dev                           an editable build for development, in seconds after a change
#   make check                         dev, cargo test, pytest without the slow tests: two minutes
#   make test                          all tests, on the wheel as users install it
#   make test-mmpose                   the tests that need torch and MMPose; with
#                                      MMPOSE_REPOSITORY=checkout also MMPose's own tests
#   make lint                          formatters, linters and type checkers
#   make docs                          the documentation as HTML; warnings are errors
#   make bench                         time the codecs next to MMPose's; kernels: cargo bench
#   make fuzz [SECONDS=600]            random calls of the crate, then of the package
#   make wheel                         an optimized wheel for this machine, in target/wheels
#   make clean                         remove everything that these commands made
#   make help                          print this list

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
# One process per CPU; one that has nothing left takes tests from another.
PYTEST := -m pytest --numprocesses auto --dist worksteal
# Only tests with MMPose read the log, and handlers for each of thousands of tests take time.
WITHOUT_LOG := -p no:logging
# Limits the address space: in a process of its own, without memory that other tests have freed.
SCARCE := tests/test_scarce_memory.py
MATURIN := VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/maturin
SOURCES := $(shell find rust python -name '*.rs' -o -name '*.toml' -o -name '*.py' -o -name '*.pyi' \
	-o -name '*.json') Cargo.toml Cargo.lock pyproject.toml README.md LICENSE
# The package that is installed already; otherwise the development build.
INSTALLED := $(or $(wildcard $(VENV)/.wheel),dev)

# For test-mmpose: an environment that has torch, MMPose and pytest, or else one is made. TORCH is a
# requirement for pip, such as the path of a wheel.
VENV_MMPOSE := .venv-mmpose
MMPOSE_PYTHON ?= $(VENV_MMPOSE)/bin/python
MMPOSE_REPOSITORY ?=
TORCH ?=
TORCH_VERSION := 2.15.0
PIP_MMPOSE := $(VENV_MMPOSE)/bin/pip install --quiet --disable-pip-version-check

SECONDS ?= 60

.PHONY: demo dev check test test-mmpose lint docs bench fuzz wheel clean help

demo: $(VENV)/.wheel
	$(BIN)/posecodec demo $(ANNOTATIONS) $(OPTIONS)

# Cargo compiles what has changed.
dev: $(VENV)/.dev
	$(MATURIN) develop --quiet --skip-install

check: dev
	cargo test --locked --quiet -p posecodec
	$(BIN)/python $(PYTEST) $(WITHOUT_LOG) --quiet -m 'not slow and not torch' --ignore $(SCARCE) $(OPTIONS)

# The crate must work without Python, and without rayon.
test: $(VENV)/.wheel $(VENV)/.test $(VENV)/.examples
	cargo test --locked -p posecodec --all-features
	cargo test --locked -p posecodec --no-default-features --tests
	$(BIN)/python -m pytest $(SCARCE)
	$(BIN)/python $(PYTEST) $(WITHOUT_LOG) -m 'not torch' --ignore $(SCARCE) $(OPTIONS)

# The wheel is put next to the environment, not into it: MMPOSE_PYTHON may belong to another project.
test-mmpose: $(VENV)/.wheel $(if $(filter $(VENV_MMPOSE)/%,$(MMPOSE_PYTHON)),$(VENV_MMPOSE)/.mmpose)
	rm -rf target/site
	$(PIP) --no-deps --target target/site target/wheels/*.whl
	PYTHONPATH=target/site $(MMPOSE_PYTHON) $(PYTEST) -m torch $(OPTIONS)
	$(if $(MMPOSE_REPOSITORY),PYTHONPATH=target/site $(MMPOSE_PYTHON) \
		tests/with_mmpose/run_mmpose_tests.py $(MMPOSE_REPOSITORY))

lint: $(INSTALLED) $(VENV)/.lint
	cargo fmt --all --check
	cargo fmt --manifest-path rust/fuzz/Cargo.toml --check
	cargo fmt --manifest-path examples/jpeg_to_json/Cargo.toml --check
	cargo clippy --locked --workspace --all-targets -- --deny warnings
	cargo clippy --locked -p posecodec --no-default-features --all-targets -- --deny warnings
	cargo clippy --locked --manifest-path rust/fuzz/Cargo.toml --target-dir target/fuzz \
		--no-default-features -- --deny warnings
	cargo clippy --locked --manifest-path examples/jpeg_to_json/Cargo.toml \
		--target-dir target/jpeg_to_json -- --deny warnings
	RUSTDOCFLAGS='--deny warnings' cargo doc --locked --no-deps --workspace --document-private-items
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest posecodec_rs._core
	$(BIN)/python scripts/generate_docs.py --check
	$(BIN)/python scripts/public_api.py --check
	$(BIN)/basedpyright
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/basedpyright --verifytypes posecodec_rs --ignoreexternal
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/zizmor --quiet --offline .github/workflows

# Both read what is installed or built here, nothing from the network.
docs: $(INSTALLED) $(VENV)/.docs
	RUSTDOCFLAGS='--deny warnings' cargo doc --locked --no-deps -p posecodec
	rm -rf target/docs
	$(BIN)/sphinx-build --fail-on-warning --keep-going --fresh-env --quiet docs target/docs \
		--doctree-dir target/docs-doctrees
	cp -r target/doc target/docs/crate
	@echo "Open target/docs/index.html"

bench: $(VENV)/.wheel
	$(BIN)/python benchmarks/compare.py $(OPTIONS)

fuzz: $(VENV)/.wheel $(VENV)/.test
	$(BIN)/nox --session fuzz_crate -- --seconds $(SECONDS)
	$(BIN)/python tests/fuzz.py --seconds $(SECONDS)

wheel: $(VENV)/.wheel

clean:
	rm -rf $(VENV) $(VENV_MMPOSE) target demo-output dist

help:
	@sed -n 's/^#   //p' Makefile

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.version_info >= (3, 10) or sys.exit("Python 3.10 or later is needed: make PYTHON=...")'
	$(PYTHON) -m venv $(VENV)
	$(PIP) --upgrade 'pip>=25.1' 'maturin>=1.9.4,<2'

# One of .dev and .wheel is installed at a time.
$(VENV)/.dev: $(VENV)/.test
	$(MATURIN) develop --quiet --extras cli
	rm -f $(VENV)/.wheel
	touch $@

$(VENV)/.wheel: $(SOURCES) | $(BIN)/python
	rm -rf target/wheels
	$(BIN)/maturin build --release --locked --out target/wheels
	$(PIP) --force-reinstall --no-deps target/wheels/*.whl
	$(PIP) "$$(ls target/wheels/*.whl)[cli]"
	rm -f $(VENV)/.dev
	touch $@

# Dependency groups of pyproject.toml.
$(VENV)/.test $(VENV)/.lint $(VENV)/.docs $(VENV)/.examples: pyproject.toml | $(BIN)/python
	$(PIP) --group $(subst $(VENV)/.,,$@)
	touch $@

# MMPose's packages without their requirements: half of those must be compiled, and none is used.
$(VENV_MMPOSE)/.mmpose: pyproject.toml
	test -x $(VENV_MMPOSE)/bin/python || $(PYTHON) -m venv $(VENV_MMPOSE)
	$(PIP_MMPOSE) --upgrade 'pip>=25.1'
	$(VENV_MMPOSE)/bin/python -c 'import torch' 2>/dev/null || \
	$(if $(TORCH),$(PIP_MMPOSE) '$(TORCH)', \
		$(PIP_MMPOSE) --no-deps --no-index torch 2>/dev/null || \
		$(PIP_MMPOSE) --no-deps --retries 0 --timeout 10 \
			--index-url https://download.pytorch.org/whl/cpu torch==$(TORCH_VERSION) 2>/dev/null || \
		$(PIP_MMPOSE) torch==$(TORCH_VERSION))
	$(PIP_MMPOSE) --group test --group mmpose
	$(PIP_MMPOSE) --no-deps mmpose==1.3.2 mmcv-lite==2.1.0 mmengine==0.10.7
	touch $@
