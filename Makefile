# `make lab` opens the course, `make test` checks it, `make help` lists the rest.
# Written for GNU make 3.81 (macOS) and later. Everything that it installs lies in .venv.

PYTHON ?= python3
TORCH ?=
LAB_FLAGS ?=
TEST_WORKERS ?= 2

VENV = .venv
VENV_PYTHON = $(VENV)/bin/python
FIRST_LESSON = notebooks/00_start_here.ipynb
# Half of the time that all solved lessons take: `make test-slow` runs them.
LONG_LESSONS = notebooks/solutions/06_actor_critic.ipynb notebooks/solutions/07_the_whole_of_ppo.ipynb

# JupyterLab listens on this machine alone, with its token, and asks nothing of the internet: no
# list of extensions to install and, with NO_NEWS, no Jupyter news and no search for updates.
LAB_OPTIONS = \
	--ServerApp.root_dir="$(CURDIR)" \
	--LabApp.default_url=/lab/tree/$(FIRST_LESSON) \
	--ServerApp.ip=127.0.0.1 \
	--LabApp.extension_manager=readonly
NO_NEWS = labextension disable --level=sys_prefix "@jupyterlab/apputils-extension:announcements"

# Jupyter asks to be told when it runs as root (in a container, say).
LAB_AS_ROOT = $(shell test "$$(id -u)" != 0 || echo --allow-root)

# Every script in the folder, less the modules that they use and the page of their results.
BENCH_SHARED = harness.py cartpole.py contenders.py plain_ppo.py stages.py table.py
BENCHMARKS = $(sort $(filter-out $(BENCH_SHARED:%=tests/benchmarks/%),$(wildcard tests/benchmarks/*.py)))

ifeq ($(TORCH),cpu)
export PIP_EXTRA_INDEX_URL := $(strip $(PIP_EXTRA_INDEX_URL) https://download.pytorch.org/whl/cpu)
else ifneq ($(TORCH),)
$(error TORCH is "$(TORCH)"; it takes "cpu" (PyTorch without CUDA) or nothing (the default build))
endif

.PHONY: help setup setup-dev lab test test-slow lessons format bench constraints clean

help: ## List these targets
	@echo "make TARGET, where TARGET is one of"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | \
	    while IFS='|' read -r name text; do printf '  %-12s %s\n' "$$name" "$$text"; done
	@echo "PYTHON=python3.12 chooses the Python; TORCH=cpu, on Linux, a PyTorch without CUDA."

setup: $(VENV)/installed ## Make .venv with what the lessons need
	@:

setup-dev: $(VENV)/installed-dev ## ... with what the tests and the lesson builder need, too
	@:

lab: setup ## Open the course in JupyterLab (LAB_FLAGS="..." adds flags of jupyter lab)
	@$(VENV_PYTHON) -m jupyterlab $(LAB_OPTIONS) $(LAB_AS_ROOT) $(LAB_FLAGS)

test: setup-dev ## Check style and types, then run the tests and most solved lessons
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m ruff format --check .
	$(VENV_PYTHON) -m mypy
	$(VENV_PYTHON) -m pytest -n $(TEST_WORKERS) --dist loadscope --no-loadscope-reorder \
	    $(LONG_LESSONS:%=--ignore=%)

test-slow: setup-dev ## Train to a score over several seeds, and run all lessons in a browser
	$(VENV_PYTHON) -m pytest -m slow
	$(VENV_PYTHON) -m pytest $(LONG_LESSONS)

lessons: setup-dev ## Build both editions of every lesson from its source
	$(VENV_PYTHON) -m ppo_lib.course.build

format: setup-dev ## Format the code and repair what ruff can
	$(VENV_PYTHON) -m ruff check --fix .
	$(VENV_PYTHON) -m ruff format .

bench: setup-dev ## Run the benchmarks, and write BENCHMARKS.md and README's figures anew
	@status=0; for script in $(BENCHMARKS); do \
	    echo "== $$script"; $(VENV_PYTHON) "$$script" || status=1; \
	done; \
	$(VENV_PYTHON) tests/benchmarks/table.py --write && exit $$status

constraints: ## Remake constraints.txt from pyproject.toml (its header says more)
	@$(CHECK_PYTHON)
	rm -rf .venv-constraints
	"$(PYTHON)" -m venv .venv-constraints
	.venv-constraints/bin/python -m pip install -e ".[dev]"
	{ sed -n '/^#/p' constraints.txt; \
	  { grep '^[^#].*;' constraints.txt; \
	    .venv-constraints/bin/python -m pip freeze --all --exclude-editable \
	    | grep -viE '^(pip=|nvidia-|cuda-|triton=)' | sed 's/+[a-z0-9.]*$$//'; \
	  } | LC_ALL=C sort -f; \
	} > .venv-constraints/constraints.txt
	mv .venv-constraints/constraints.txt constraints.txt
	rm -rf .venv-constraints

clean: ## Remove .venv and every cache
	rm -rf $(VENV) .venv-constraints build ./*.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +
	find . -name .ipynb_checkpoints -prune -exec rm -rf {} +

# The two stamps. While pip runs, `installing` stands in the place of `installed`: where it is
# found, pip was interrupted and may have left half a package, so .venv is made again from nothing.

CHECK_PYTHON = command -v "$(PYTHON)" > /dev/null || \
	{ echo "There is no '$(PYTHON)' here. The course needs Python 3.11 to 3.14: PYTHON=... names it." >&2; exit 1; }; \
	"$(PYTHON)" -c 'import sys; v = sys.version_info[:2]; sys.exit(None if (3, 11) <= v <= (3, 14) else \
	"The course needs Python 3.11 to 3.14, and %s is Python %d.%d. Name another with PYTHON=python3.12, say." % ((sys.argv[1],) + v))' "$(PYTHON)"

PIP_INSTALL = $(VENV_PYTHON) -m pip install --disable-pip-version-check -c constraints.txt

$(VENV)/installed: pyproject.toml constraints.txt
	@$(CHECK_PYTHON)
	@if test -e $(VENV)/installing; then \
	    echo "The last set-up was interrupted. It begins again."; rm -rf $(VENV); fi
	@if test "$$(uname -s)" = Linux && test -z "$(TORCH)" && ! command -v nvidia-smi > /dev/null; then \
	    echo "No NVIDIA GPU was found. With TORCH=cpu the download can be about 3 GB smaller."; fi
	@$(VENV_PYTHON) -m pip --version > /dev/null 2>&1 || "$(PYTHON)" -m venv --clear $(VENV)
	@echo "Installing what the lessons need into $(VENV) (some minutes the first time)."
	@touch $(VENV)/installing
	@{ $(PIP_INSTALL) -e . && $(VENV_PYTHON) -m jupyter $(NO_NEWS) 2> /dev/null; } || \
	    { code=$$?; rm -f $(VENV)/installing; echo "The set-up failed." >&2; exit $$code; }
	@mv $(VENV)/installing $@

$(VENV)/installed-dev: $(VENV)/installed
	@echo "Installing what the tests need into $(VENV)."
	@mv $(VENV)/installed $(VENV)/installing
	@$(PIP_INSTALL) -e ".[dev]" || { code=$$?; mv $(VENV)/installing $(VENV)/installed; exit $$code; }
	@mv $(VENV)/installing $(VENV)/installed
	@touch $@
