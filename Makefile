# Two commands matter: `make demo` and `make test`. The rest is for those who stay.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Where torch comes from: the address of PyTorch's own CPU or CUDA index, if your default index has
# only the large CUDA build.
TORCH_INDEX ?=
TORCH := $(shell grep -E '^torch(audio)?==' constraints.txt)
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
# Servers, jobs and warnings of other people's packages speak in logs, not in between the results.
export TOKENIZERS_PARALLELISM ?= false

.PHONY: demo demo-full demo-audio year serve sandbox test browser check format screenshots translations stop \
	clean install peers

demo: install
	@$(BIN)/python -m demo

demo-full: install
	@$(BIN)/python -m demo --full

# The same songs as recordings, learnt by a model of coded sound; its data are kept apart.
demo-audio: install
	@TANTIEME_HOME=$${TANTIEME_HOME:-var/audio} $(BIN)/python -m demo --sound

# A calendar year of books over the demo's music, with everything that goes wrong in one, checked
# from outside. Needs a finished demo.
year: install
	@$(BIN)/python -m demo.year

# Pages, API and admin on http://127.0.0.1:8000, or on another PORT, until Ctrl-C.
serve: install
	@$(BIN)/python -m config.serving

# A sandbox for platforms with made-up data and a clock of its own, on port 8100, until Ctrl-C.
sandbox: install
	@$(BIN)/python -m demo.sandbox

test: check browser
	@$(BIN)/python -m pytest -n $${TEST_WORKERS:-2} --durations=8

# A Chromium for the browser tests, where it may be installed; without one they are skipped.
browser:
	@tests/e2e/install_browser.sh

check: install
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python -m config.translations --check
	@$(BIN)/python manage.py makemigrations --check --dry-run

format: install
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

# Pictures of all pages, for the README: docs/images. They show the demo.
screenshots: install
	@$(BIN)/python -m demo.screenshots

# Reads all sentences from the code into locale/, and compiles what is translated there.
translations: install
	@$(BIN)/python -m config.translations

stop: install
	@$(BIN)/python -m config.embedded stop

# Ends the servers and removes everything that was made, the environment included.
clean:
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m config.embedded stop; fi
	rm -rf var $(VENV) build *.egg-info .mypy_cache .ruff_cache .hypothesis

# Other people's attribution libraries, for `python -m benchmarks.fidelity`. Two of them ask for
# torchvision, which none uses here, and which breaks the import of transformers where it was built
# for another torch.
peers: install
	@$(PIP) install --constraint constraints.txt --editable '.[peers]'
	@$(BIN)/python -c 'import torchvision' 2>/dev/null || $(PIP) uninstall --yes torchvision

install: $(VENV)/installed

$(VENV)/installed: pyproject.toml constraints.txt clients/python/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tantieme needs Python 3.11 or newer; name one with make PYTHON=/path/to/python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV); the first time this takes a minute or two ..."
	@$(PIP) install $(TORCH) $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX))
	@$(PIP) install --constraint constraints.txt --editable '.[dev]' --editable clients/python
	@touch $@
