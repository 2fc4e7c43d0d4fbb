# What the README's commands do. Everything is installed into .venv; nothing outside this folder.
#
#   make demo [ANNOTATIONS=coco.json]   build, install, run every codec on a sample or your own file
#   make test                           the Rust crate's tests, then pytest on the installed wheel
#   make test-mmpose                    the tests that need torch and the real MMPose
#   make test-pythons                   every test on every Python and NumPy that is here
#   make stress                         100,000 keypoints a codec, against the real MMPose
#   make lint                           formatters, clippy, ruff, mypy, stubtest, basedpyright
#   make deny                           licences and sources of the Rust dependencies
#   make verify-simd                    look for every tier's instructions in the wheel
#   make check-instructions             count the kernels' instructions (needs Valgrind)
#   make fuzz [SECONDS=600]             arbitrary calls of the crate, then of the package
#   make memcheck                       tests of both under Valgrind
#   make bench                          kernels, and side by side with MMPose where it is installed
#   make docs                           the documentation site, and the crate's, warnings being errors
#   make gallery                        the documentation's pictures, one a codec
#   make examples                       run the programs in examples (training needs torch)
#   make wheel sdist                    what is published, into dist
#   make check-dist                     checks both, installs them elsewhere and tests them
#   make golden                         record the reference's answers afresh (needs MMPose)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
PYENV := $(wildcard $(HOME)/.pyenv/versions/*/bin)
# For test-mmpose: an environment that has MMPose and pytest, or else one is made, for which pip
# installs TORCH: a requirement, a wheel; by default a build without CUDA's gigabytes.
VENV_MMPOSE := .venv-mmpose
MMPOSE_PYTHON ?= $(VENV_MMPOSE)/bin/python
TORCH ?=
OWN_MMPOSE := $(filter $(VENV_MMPOSE)/%,$(MMPOSE_PYTHON))
TORCH_TESTS := tests/with_mmpose tests/test_examples.py tests/test_inputs.py \
	tests/test_functional.py tests/test_loaders.py tests/test_readme.py
# The crates that the extension is built from, on any system; those of tests and benchmarks are left
# out, which makes a third of it.
VENDORED := --manifest-path rust/posecodec-py/Cargo.toml --versioned-dirs --keep-dep-kinds no-dev
PIP_MMPOSE := $(VENV_MMPOSE)/bin/pip install --quiet --disable-pip-version-check
SOURCES := $(shell find rust python -name '*.rs' -o -name '*.toml' -o -name '*.py' -o -name '*.pyi' \
	-o -name '*.json') Cargo.toml Cargo.lock pyproject.toml README.md LICENSE

# For fuzz: how long each of the two; SANITIZER=address TOOLCHAIN=+nightly also sees reads outside.
SECONDS ?= 60
FUZZ_TARGETS := encode decode lift functional
CARGO_FUZZ := target/tools/bin/cargo-fuzz
TOOLCHAIN ?=
SANITIZER ?= none
VALGRIND := valgrind --quiet --error-exitcode=9
LEAKS := --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite
MEMCHECK_TESTS := tests/test_golden.py tests/test_contract.py tests/test_bottom_up_memory.py \
	-k "recorded or out_is_filled or own_memory or never_given_out or used_before or outlive"

.PHONY: demo test test-rust test-python test-mmpose mmpose-torch test-pythons stress \
	fuzz fuzz-rust fuzz-python memcheck memcheck-rust memcheck-python lint lint-rust lint-python \
	deny deny-advisories verify-simd check-instructions record-instructions bench docs gallery \
	golden examples wheel sdist check-dist clean

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

test-mmpose: target/site
	PYTHONPATH=$(CURDIR)/target/site $(MMPOSE_PYTHON) -m pytest $(TORCH_TESTS)

# The wheel is put beside the environment, not into it: it may be someone's own.
.PHONY: target/site
target/site: $(VENV)/.installed mmpose-torch $(if $(OWN_MMPOSE),$(VENV_MMPOSE)/.installed)
	rm -rf $@
	$(PIP) --no-deps --target $@ target/wheels/*.whl

stress: target/site
	PYTHONPATH=$(CURDIR)/target/site:tests $(MMPOSE_PYTHON) tests/with_mmpose/stress.py $(OPTIONS)

# Environments are made in target/pythons. OPTIONS go to nox: `OPTIONS='--python 3.13'`.
test-pythons: $(VENV)/.installed
	$(PIP) --upgrade 'pip>=25.1'
	$(PIP) --group pythons
	PATH="$$(echo $(CURDIR)/$(BIN) $(PYENV) | tr ' ' ':'):$$PATH" nox $(OPTIONS)

mmpose-torch: $(if $(OWN_MMPOSE),$(VENV_MMPOSE)/.torch)

fuzz: fuzz-rust fuzz-python

# Guided by coverage: what is found in a run, the next one starts from. Stops at a finding.
fuzz-rust: $(CARGO_FUZZ)
	set -e; for target in $(FUZZ_TARGETS); do \
		mkdir -p target/fuzz/corpus/$$target; \
		PATH=$(CURDIR)/$(dir $(CARGO_FUZZ)):$$PATH cargo $(TOOLCHAIN) fuzz run \
			--fuzz-dir rust/fuzz --target-dir target/fuzz --sanitizer $(SANITIZER) \
			$$target target/fuzz/corpus/$$target -- \
			-max_total_time=$$(($(SECONDS) / $(words $(FUZZ_TARGETS)))) \
			-timeout=20 -rss_limit_mb=4000 -print_final_stats=1 -verbosity=1; \
	done

fuzz-python: $(VENV)/.test
	$(BIN)/python tests/fuzz.py --seconds $(SECONDS)

memcheck: memcheck-rust memcheck-python

# Valgrind's processor has AVX2 and not AVX-512: two tiers of three. A few cases of each property. What
# the test harness's threads may still point to is not lost.
memcheck-rust:
	PROPTEST_CASES=4 CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER='$(VALGRIND) $(LEAKS)' \
		cargo test --locked -p posecodec --tests

# Python's own allocator would hide where an array ends. CPython itself reads what it has not set.
memcheck-python: $(VENV)/.test
	PYTHONMALLOC=malloc $(VALGRIND) --undef-value-errors=no --suppressions=tests/python.supp \
		$(BIN)/python -m pytest -p no:cacheprovider $(MEMCHECK_TESTS)

lint: lint-rust lint-python

lint-rust:
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- --deny warnings
	cargo clippy --locked -p posecodec --no-default-features --all-targets -- --deny warnings
	cargo fmt --manifest-path rust/fuzz/Cargo.toml --check
	cargo clippy --locked --manifest-path rust/fuzz/Cargo.toml --target-dir target/fuzz \
		--no-default-features -- --deny warnings
	RUSTDOCFLAGS='--deny warnings' cargo doc --locked --no-deps --workspace --document-private-items

lint-python: $(VENV)/.lint
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/python -m mypy.stubtest posecodec_rs._core
	$(BIN)/python scripts/generate_docs.py --check
	$(BIN)/basedpyright
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/basedpyright --verifytypes posecodec_rs --ignoreexternal

deny: target/tools/bin/cargo-deny
	$< --locked check licenses bans sources

# Known vulnerabilities, from RustSec's database on GitHub.
deny-advisories: target/tools/bin/cargo-deny
	$< --locked check advisories

target/tools/bin/cargo-deny:
	cargo install --locked --root target/tools cargo-deny

verify-simd: $(VENV)/.installed
	$(BIN)/python scripts/verify_simd.py target/wheels/*.whl

# OPTIONS=--skip-without-valgrind passes where there is none.
check-instructions:
	$(PYTHON) scripts/check_instructions.py $(OPTIONS)

record-instructions:
	$(PYTHON) scripts/check_instructions.py --record

bench: $(VENV)/.demo
	cargo bench --locked -p posecodec --bench kernels
	$(BIN)/python benchmarks/compare.py $(OPTIONS)

# Both read what is installed or built here, nothing from the network.
docs: $(VENV)/.docs
	RUSTDOCFLAGS='--deny warnings' cargo doc --locked --no-deps -p posecodec
	rm -rf target/docs
	$(BIN)/sphinx-build --fail-on-warning --keep-going --fresh-env --quiet docs target/docs \
		--doctree-dir target/docs-doctrees
	cp -r target/doc target/docs/crate
	@echo "Open target/docs/index.html"

gallery: $(VENV)/.demo
	$(BIN)/python docs/gallery

golden: $(VENV)/.installed
	$(BIN)/python tests/golden/record.py

examples: $(VENV)/.test
	$(BIN)/python examples/infer_onnx.py
	$(BIN)/python examples/encode_ray.py
	cargo run --release --locked -p posecodec --example decode_heatmaps
	if $(BIN)/python -c 'import torch' 2>/dev/null; then $(BIN)/python examples/train_pytorch.py; fi

# One wheel for every CPython from 3.10 on and every Linux with glibc 2.28, whatever this one has.
wheel: $(VENV)/.dist
	rm -f dist/*.whl
	PATH=$(CURDIR)/$(BIN):$$PATH maturin build --release --locked --out dist \
		$(if $(filter Linux,$(shell uname)),--compatibility manylinux_2_28 --zig)

# With the crates that it is built from, so that it builds without a network. They are put into a
# copy, in which they do not come between cargo and its registry here.
sdist: $(VENV)/.dist
	rm -rf dist/*.tar.gz target/sdist
	mkdir -p target/sdist/.cargo
	git ls-files -z | xargs -0 tar -c | tar -x -C target/sdist
	cd target/sdist && cargo vendor-filterer $(VENDORED) vendor
	printf '[source.crates-io]\nreplace-with = "vendor"\n[source.vendor]\ndirectory = "vendor"\n' \
		>target/sdist/.cargo/config.toml
	cd target/sdist && $(CURDIR)/$(BIN)/maturin sdist --out $(CURDIR)/dist

check-dist: wheel sdist
	$(BIN)/twine check --strict dist/*
	$(BIN)/check-wheel-contents dist/*.whl
	$(BIN)/abi3audit --strict --report dist/*.whl
	$(if $(filter Linux,$(shell uname)),$(BIN)/auditwheel show dist/*.whl)
	.ci/check-dist dist/*.whl
	.ci/check-dist dist/*.tar.gz
	cargo publish --dry-run --locked --allow-dirty -p posecodec

clean:
	rm -rf $(VENV) $(VENV_MMPOSE) target demo-output dist

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

$(CARGO_FUZZ):
	cargo install --quiet --locked --root target/tools cargo-fuzz@0.13.2

$(VENV)/.demo: $(VENV)/.installed
	$(PIP) "$$(ls target/wheels/*.whl)[cli]"
	touch $@

$(VENV)/.test: $(VENV)/.demo pyproject.toml
	$(PIP) --upgrade 'pip>=25.1'
	$(PIP) --group test --group examples
	touch $@

$(VENV)/.lint: $(VENV)/.test
	$(PIP) --group lint
	touch $@

$(VENV)/.docs: $(VENV)/.installed pyproject.toml
	$(PIP) --upgrade 'pip>=25.1'
	$(PIP) --group docs
	touch $@

$(VENV)/.dist: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) --upgrade 'pip>=25.1'
	$(PIP) --group dist
	command -v cargo-vendor-filterer >/dev/null || cargo install --locked cargo-vendor-filterer
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
