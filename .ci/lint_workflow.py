"""`snakemake --lint` without the one rule that does not fit: all rules share the environment of requirements.lock."""

import sys

from snakemake.cli import main
from snakemake.linting.rules import RuleLinter

del RuleLinter.lint_missing_software_definition
main(["--lint", *sys.argv[1:]])
