"""What every rule file uses: the checked configuration and the lineage of each job.

REQUIRED INPUTS: config/config.yaml or --config study=... cut=..., config/<study>/, data/<study>/<cut>/
PROVIDED: STUDY, PLAN, MAPPING and the functions that name inputs, keys and code of a job
"""

import os
import sys

# The jobs run the code of this folder and the interpreter of this process, wherever the tree was copied to.
os.environ["PYTHONPATH"] = str(workflow.basedir)
# A script must not find its own folder first: scripts/qc.py is not the package qc.
os.environ["PYTHONSAFEPATH"] = "1"
os.environ["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
sys.path.insert(0, str(workflow.basedir))

from crf2csr.configuration import load_all, mapping_entry
from crf2csr.errors import InputError
from crf2csr.jobs.qc import PROGRAMS, program_hash
from crf2csr.jobs.report import REPORT_FILES, query_sources, report_hash, study_entry
from crf2csr.lineage import code, key_values, keys, names, parameters, present, stage_of
from crf2csr.planned import analysis_entry, display_entry, display_keys

try:
    STUDY, PLAN, MAPPING = load_all(config)
except InputError as error:
    sys.exit(f"error: {error}")


DOMAINS = [domain for domain in names("clean") if present(domain, MAPPING.forms)]
