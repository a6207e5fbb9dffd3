"""What a job depends on, read from the code and the configuration without running either.

The parameters of a stage function are its inputs, `@uses` names its study keys, its import closure is its code. The
workflow asks here, so
that the DAG is the lineage and a changed key, module or plan entry re-runs what uses it and nothing else. Nothing
heavy is imported.
"""

from __future__ import annotations

import ast
from collections.abc import Collection
from functools import cache
from pathlib import Path

from crf2csr.codehash import code_hash, declared_keys
from crf2csr.contracts import ROOT, base_name, contract_path
from crf2csr.errors import InputError
from crf2csr.study import Study

#: Where a function lives that is not in the module `crf2csr/<stage>/<name>.py`: layouts of displays, and checks.
ELSEWHERE = {
    "display": {
        "rows": "display/tables/rows.py",
        "grades": "display/tables/grades.py",
        "cross": "display/tables/cross.py",
        "scenarios": "display/tables/scenarios.py",
        "records": "display/listings/records.py",
        "exclusions": "display/listings/exclusions.py",
        "spread": "display/listings/spread.py",
        "distinct": "display/listings/distinct.py",
        "waterfall": "display/figures/waterfall.py",
        "swimmer": "display/figures/swimmer.py",
        "kaplan_meier": "display/figures/kaplan_meier.py",
        "mean_concentration": "display/figures/mean_concentration.py",
        "geometric_concentration": "display/figures/geometric_concentration.py",
        **{
            name: f"display/figures/{name}.py"
            for name in (
                "spider",
                "forest",
                "hepatic",
                "laboratory_course",
                "individual_concentration",
                "individual_concentration_log",
                "parameter_by_dose",
                "change_by_visit",
                "levels_by_visit",
                "individual_scores",
            )
        },
    },
    "check": {
        "extract": "readers/csv_forms.py",
        "balance": "clean/balance.py",
        "cross_checks": "clean/cross_checks.py",
        "displays": "jobs/check_displays.py",
    },
}
_CODELISTS, _INSTRUMENTS = Path("config/codelists"), Path("config/instruments")
#: The exact packages that compute: another version of one of them makes every result anew.
LOCK = Path("requirements.lock")


def module_path(stage: str, name: str) -> Path:
    """Return the module of a clean domain, derive dataset (under any variant), analysis method or display layout,
    relative to the project folder."""
    return Path("crf2csr") / ELSEWHERE.get(stage, {}).get(name, f"{stage}/{base_name(name)}.py")


@cache
def parameters(stage: str, name: str, root: Path = ROOT) -> tuple[str, ...]:
    """Return the parameters of a stage function but `study`: the names of its inputs."""
    path = module_path(stage, name)
    for node in ast.parse((root / path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name == base_name(name):
            return tuple(argument.arg for argument in node.args.args if argument.arg != "study")
    raise InputError(
        f"{path}: no function '{name}' at the top level; a {stage} module holds the function it is named after"
    )


def stage_of(dataset: str, root: Path = ROOT) -> str:
    """Return the stage that makes a dataset: derive if it has a contract there, else clean."""
    return "derive" if contract_path("derive", dataset, root).is_file() else "clean"


def present(dataset: str, forms: Collection[str], root: Path = ROOT) -> bool:
    """Return whether a dataset is made in a study with these forms (`Mapping.given`).

    A domain needs one of its forms, or comes as it is (`clean.<domain>`); an analysis dataset one of the domains that
    it reads itself, and every dataset that it is made from.
    """
    stage = stage_of(dataset, root)
    needed = parameters(stage, dataset, root)
    if stage == "clean":
        return f"clean.{dataset}" in forms or any(form in forms for form in needed)
    domains = [name for name in needed if stage_of(name, root) == "clean"]
    others = [name for name in needed if name not in domains]
    found = [name for name in domains if present(name, forms, root)]
    return bool(found or not domains) and all(present(name, forms, root) for name in others)


def names(stage: str, root: Path = ROOT) -> tuple[str, ...]:
    """Return the datasets of a stage (clean domains, derive datasets): those that have a contract."""
    return tuple(sorted(path.stem for path in (root / "config" / "contracts" / stage).glob("*.csv")))


def keys(stage: str, name: str, root: Path = ROOT) -> tuple[str, ...]:
    """Return the study keys that a stage function declares with `@uses`."""
    return declared_keys(module_path(stage, name), base_name(name), root=root)


def key_values(study: Study, wanted: tuple[str, ...] | list[str]) -> str:
    """Return the values of keys as one line: a changed value changes it, the value of another key does not.

    The facts that every view shows (identity, sites, day of the extract, accepted duplicates) are always part of it.
    """
    facts = [study.identity.id, study.identity.sites, study.extracted_on, study.accepted_duplicates]
    # Braces would be wildcards to Snakemake.
    text = "; ".join([*map(str, facts), *(f"{key}={study.settings[key].value}" for key in sorted(wanted))])
    return text.replace("{", "<").replace("}", ">")


def code(stage: str, name: str, root: Path = ROOT) -> str:
    """Return the hash of everything a job runs: script, job runner, the module it calls, contracts and code lists."""
    inputs = [path for path in _contracts(stage, name, root) if (root / path).is_file()]
    lists = code_lists(root)
    return code_hash(Path(f"scripts/{stage}.py"), module_path(stage, name), *inputs, *lists, LOCK, root=root)


def code_lists(root: Path = ROOT) -> list[Path]:
    """Return the code lists and the questionnaires: facts that any job may read."""
    files = [*(root / _CODELISTS).glob("*.csv"), *(root / _INSTRUMENTS).glob("*.yaml")]
    return sorted(path.relative_to(root) for path in files)


def _contracts(stage: str, name: str, root: Path) -> list[Path]:
    if stage == "clean":
        raw = [contract_path("raw", form, root) for form in parameters(stage, name, root)]
        return [path.relative_to(root) for path in [*raw, contract_path("clean", name, root)]] + _reading(root)
    if stage == "check":
        domains = (root / "config" / "contracts" / "clean").glob("*.csv")
        return sorted(path.relative_to(root) for path in domains) + _reading(root)
    if stage == "derive":
        both = [contract_path(s, p, root) for p in parameters(stage, name, root) for s in ("clean", "derive")]
        return [path.relative_to(root) for path in [*both, contract_path("derive", name, root)]]
    return [path.relative_to(root) for path in sorted((root / "config" / "contracts" / "derive").glob("*.csv"))]


def _reading(root: Path) -> list[Path]:
    """Return what a job that reads raw forms runs besides its imports: the readers, found by name at run time, and the
    facts about forms that stand beside the contracts."""
    beside = [Path("config/contracts") / name for name in ("forms.csv", "limits.csv")]
    return [*sorted(path.relative_to(root) for path in (root / "crf2csr" / "readers").glob("*.py")), *beside]
