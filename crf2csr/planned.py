"""What the plan makes each job depend on: plan entries, study keys and code behind an analysis or a display."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path

from crf2csr.codehash import code_hash
from crf2csr.contracts import ROOT, base_name, load_contract
from crf2csr.errors import InputError
from crf2csr.lineage import keys, module_path, parameters, present, stage_of
from crf2csr.plan import DESIGN, Analysis, Condition, DisplaySpec, Plan
from crf2csr.study import nearest
from crf2csr.study_keys import KEYS

#: Keys by parameter of a dataset, where parameters differ in what they depend on.
PARAMETERS = Path("config/contracts/parameters.csv")
#: The key that a method reads only for a variable with `common`.
COMMON_CUT = "ae.common_cut_pct"
#: A variable that a display rests on: dataset, variable, parameters selected (none: all).
_Used = tuple[str, str, tuple[str, ...]]


def needed_datasets(plan: Plan, given: Collection[str], root: Path = ROOT) -> list[str]:
    """Return the derive datasets that the plan needs, by name: those that it reads and those that they are made from.

    `given` says what the extract has (`Mapping.given`); a dataset that cannot be made of it is left out.
    """
    waiting = [dataset for display in plan.file.displays for dataset in plan.read_by(display)]
    waiting += [dataset for analysis in plan.analyses.values() for dataset in (analysis.spec.adsl, analysis.spec.data)]
    found: set[str] = set()
    while waiting:
        dataset = base_name(waiting.pop())
        if dataset not in found and stage_of(dataset, root) == "derive":
            found.add(dataset)
            waiting.extend(parameters("derive", dataset, root))
    return sorted(dataset for dataset in found if present(dataset, given, root))


def analysis_entry(plan: Plan, analysis: str) -> str:
    """Return the plan entry of an analysis as one line of JSON: what its job depends on besides data and code."""
    found = plan.analyses[analysis]
    parts = [found.spec, found.population, *found.columns]
    return json.dumps([part.model_dump(mode="json", by_alias=True) for part in parts], ensure_ascii=False)


def display_entry(plan: Plan, display: str) -> str:
    """Return a short hash of all that the plan says about a display: its entry, populations, columns, cited
    listings."""
    spec = plan.file.displays[display]
    populations = {name: plan.file.populations[name].model_dump() for name in _populations(plan, display)}
    columns = [group.model_dump() for group in plan.file.columns.get(spec.columns, ())]
    text = json.dumps([spec.model_dump(mode="json"), populations, columns], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _populations(plan: Plan, display: str) -> list[str]:
    spec = plan.file.displays[display]
    own = (row.population for row in spec.rows if row.population)
    return sorted({spec.population, *(part.population for part in spec.parts), *own})


def display_keys(plan: Plan, display: str, root: Path = ROOT) -> list[str]:
    """Return the study keys behind a display: of the variables that it selects or shows, of its methods and of its
    layout.

    The contract of a dataset names the keys that each variable depends on, `parameters.csv` those of a parameter that
    is selected, so that a footnote lists what mattered and nothing else.
    """
    spec = plan.file.displays[display]
    analyses = plan.analyses_of(display)
    populations = [] if plan.is_of_design(display) else [spec.population, *(part.population for part in spec.parts)]
    used: list[_Used] = [("adsl", plan.file.populations[population].flag, ()) for population in populations]
    used += [one for analysis in analyses for one in _analysis_variables(analysis)]
    chosen = _parameters(spec.where)
    used += [(dataset, variable, chosen) for dataset in spec.data for variable in _display_variables(spec, dataset)]
    found = {key for one in used for key in _keys_of(*one, root)}
    return sorted(found.union(keys("display", spec.layout, root), *(_method_keys(a, root) for a in analyses)))


def _method_keys(analysis: Analysis, root: Path) -> set[str]:
    """Return the study keys of a method; those of intervals, and the cut of common events, only where the plan asks for
    them."""
    found = set(keys("analyze", analysis.spec.method, root))
    if not any(variable.common for variable in analysis.spec.variables):
        found.discard(COMMON_CUT)
    by_plan = analysis.spec.method in ("proportions", "incidence", "summary")
    if by_plan and not any(variable.intervals for variable in analysis.spec.variables):
        found = {key for key in found if not key.startswith("ci.")}
    return found


def _keys_of(dataset: str, variable: str, chosen: tuple[str, ...], root: Path) -> set[str]:
    """Return the keys of a variable, as far as the chosen parameters depend on them."""
    found = set(load_contract("derive", dataset, root).variable(variable).keys)
    known = _parameter_keys(root).get(base_name(dataset), {})
    return found & {key for one in chosen for key in known.get(one, found)} if chosen else found


@cache
def _parameter_keys(root: Path) -> dict[str, dict[str, frozenset[str]]]:
    """Return the keys that parameters depend on, by dataset and PARAMCD; a parameter that is not listed may depend on
    all keys of its variables. Raises InputError for a key that no study has."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    path = root / PARAMETERS
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            named = frozenset(row["keys"].split())
            for key in sorted(named.difference(KEYS)):
                raise InputError(f"{path} row {number} column keys = '{key}': unknown key{nearest(key, KEYS)}")
            found.setdefault(row["dataset"], {})[row["paramcd"]] = named
    return found


def _parameters(conditions: Iterable[Condition]) -> tuple[str, ...]:
    """Return the values of PARAMCD that conditions select; none if they select all."""
    for one in conditions:
        if one.variable == "PARAMCD" and one.op in ("eq", "in"):
            return (one.value,) if isinstance(one.value, str) else one.value
    return ()


def _analysis_variables(analysis: Analysis) -> Iterable[_Used]:
    if analysis.spec.method not in DESIGN:
        yield "adsl", analysis.population.flag, ()
        yield from (("adsl", condition.variable, ()) for group in analysis.columns for condition in group.where)
        yield from (("adsl", c.variable, ()) for variable in analysis.spec.variables for c in variable.subset)
    for variable in analysis.spec.variables:
        chosen = [*_names(variable.where), *_names(variable.among)]
        names = [variable.name, variable.within, variable.worst, *chosen]
        yield from ((analysis.spec.data, name, _parameters(variable.where)) for name in names if name)


def _display_variables(spec: DisplaySpec, dataset: str) -> list[str]:
    known = load_contract("derive", dataset).names
    listed = [column.variable for column in spec.list_columns] + [s.flag for s in spec.stack] + _names(spec.where)
    return [name for name in [*listed, *spec.variables] if name in known]


def _names(conditions: Iterable[Condition]) -> list[str]:
    return [condition.variable for condition in conditions]


def program_code(plan: Plan, display: str, root: Path = ROOT) -> str:
    """Return the hash printed as `Program`: the layout and the methods behind it, without job runners and contracts."""
    spec = plan.file.displays[display]
    methods = sorted({analysis.spec.method for analysis in plan.analyses_of(display)})
    paths = [module_path("display", spec.layout), *(module_path("analyze", method) for method in methods)]
    return code_hash(*paths, root=root)
