"""The plan under changed settings: sensitivity displays, and analyses and datasets named `<name>@<variant>`.

A variant is one or more study keys with other values. `response@investigator` is the analysis `response` under the
variant `investigator`, `adrs@investigator` the dataset derived again with it. Only what depends on a changed key gets a
name of its own: everything else is the base. A sensitivity display is its base display with every analysis under the
variant (R-116).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from crf2csr.contracts import ROOT, base_name, variant_of
from crf2csr.lineage import keys, names, parameters, stage_of
from crf2csr.plan import AnalysisSpec, DisplaySpec, Plan, PlanFile
from crf2csr.study import Study, nearest
from crf2csr.study_keys import KEYS

Problem = tuple[tuple[str, str], str]


def named(name: str, variant: str) -> str:
    """Return the name of an analysis or a dataset under a variant; the base name under none."""
    return f"{name}@{variant}" if variant else name


def under(dataset: str, variant: str, changed: Iterable[str], root: Path = ROOT) -> str:
    """Return the name of a dataset where the keys `changed` have the values of `variant`: the dataset itself if it does
    not depend on them."""
    return named(dataset, variant) if _affected(dataset, frozenset(changed), root) else dataset


def _affected(dataset: str, changed: frozenset[str], root: Path) -> bool:
    if stage_of(dataset, root) == "clean":
        return False
    own = changed.intersection(keys("derive", dataset, root))
    return bool(own) or any(_affected(name, changed, root) for name in parameters("derive", dataset, root))


def inputs(file: PlanFile, dataset: str, root: Path = ROOT) -> dict[str, str]:
    """Return what a derive dataset is made from: parameter of its function to the name of the dataset it receives."""
    variant = variant_of(dataset)
    changed = file.variants[variant].settings if variant else {}
    return {name: under(name, variant, changed, root) for name in parameters("derive", base_name(dataset), root)}


def datasets(plan: Plan, root: Path = ROOT) -> list[str]:
    """Return every dataset under a variant that the plan needs, each after those that it is made from."""
    found: dict[str, None] = {}

    def add(dataset: str) -> None:
        if variant_of(dataset) and dataset not in found:
            for name in inputs(plan.file, dataset, root).values():
                add(name)
            found[dataset] = None

    for spec in plan.file.analyses.values():
        add(spec.adsl)
        add(spec.data)
    for display in plan.file.displays.values():
        for name in display.data:
            add(name)
    return list(found)


def changed_study(plan: Plan, study: Study, variant: str) -> Study:
    """Return the study with the settings of a variant of its plan; the study itself for none."""
    return study.changed(variant, plan.file.variants[variant].settings) if variant else study


def expand(file: PlanFile, root: Path = ROOT) -> PlanFile:
    """Return the plan with its sensitivity displays and with every analysis that is named under a variant.

    `problems` must have found nothing.
    """
    displays = file.displays | {id_: _sensitivity(file, id_) for id_, one in file.sensitivities.items()}
    wanted = dict.fromkeys(name for spec in displays.values() for name in _analyses_of(spec) if variant_of(name))
    analyses = {name: _analysis(file, name, root) for name in wanted if base_name(name) in file.analyses}
    return file.model_copy(update={"displays": displays, "analyses": file.analyses | analyses})


def _sensitivity(file: PlanFile, id_: str) -> DisplaySpec:
    one = file.sensitivities[id_]
    base, variant = file.displays[one.of], one.variant
    rows = [row.model_copy(update={"analysis": row.analysis and named(row.analysis, variant)}) for row in base.rows]
    parts = tuple(part for part in base.parts if not one.parts or part.id in one.parts)
    change: dict[str, Any] = {
        "number": f"{base.number}-{id_.rsplit('-', 1)[1].upper()}",
        "title": f"{base.title}: sensitivity, {one.change}",
        "rows": tuple(rows),
        "analyses": tuple(named(name, variant) for name in base.analyses),
        "parts": parts,
        # A single part has no heading of its own: the title names its set.
        "population": parts[0].population if len(parts) == 1 else base.population,
        "variant": variant,
        "first_note": one.note,
    }
    return base.model_copy(update=change)


def _analysis(file: PlanFile, name: str, root: Path) -> AnalysisSpec:
    base, variant = file.analyses[base_name(name)], variant_of(name)
    changed = file.variants[variant].settings
    data, adsl = (under(dataset, variant, changed, root) for dataset in (base.data, "adsl"))
    return base.model_copy(update={"data": data, "adsl": adsl, "variant": variant})


def _analyses_of(spec: DisplaySpec) -> list[str]:
    return [*(row.analysis for row in spec.rows if row.analysis), *spec.analyses]


def problems(file: PlanFile, root: Path = ROOT) -> Iterator[Problem]:
    """Yield what is wrong with variants and sensitivities, before they are expanded."""
    yield from _variant_problems(file, root)
    for name in filter(variant_of, file.analyses):
        yield ("analyses", name), "a name has no '@'; `<analysis>@<variant>` is made where it is used"
    for id_ in file.sensitivities:
        yield from _sensitivity_problems(file, id_)
    for id_, spec in file.displays.items():
        used = dict.fromkeys(variant_of(name) for name in (*_analyses_of(spec), *spec.data))
        yield from _unknown_variants(file, ("displays", id_), filter(None, used))


def _variant_problems(file: PlanFile, root: Path) -> Iterator[Problem]:
    domains = names("clean", root) if file.variants else ()
    acting = {key: domain for domain in domains for key in keys("clean", domain, root)}
    for name, variant in file.variants.items():
        for key in variant.settings:
            if key not in KEYS:
                yield ("variants", name), f"unknown key '{key}'{nearest(key, KEYS)}"
            elif key in acting:
                yield ("variants", name), f"key '{key}' acts on the clean domain {acting[key]}; a variant begins after"


def _sensitivity_problems(file: PlanFile, id_: str) -> Iterator[Problem]:
    one, at = file.sensitivities[id_], ("sensitivities", id_)
    if one.of not in file.displays or file.displays[one.of].kind != "table":
        yield at, f"'{one.of}' is no table of the plan{nearest(one.of, file.displays)}"
        return
    if not re.fullmatch(f"{re.escape(one.of)}-s[1-9][0-9]*", id_) or id_ in file.displays:
        yield at, f"a sensitivity display of '{one.of}' is called '{one.of}-s1' (s2, ...), once"
    known = [part.id for part in file.displays[one.of].parts]
    yield from ((at, f"unknown part '{part}'{nearest(part, known)}") for part in one.parts if part not in known)
    yield from _unknown_variants(file, at, [one.variant])


def _unknown_variants(file: PlanFile, at: tuple[str, str], used: Iterable[str]) -> Iterator[Problem]:
    for variant in used:
        if variant not in file.variants:
            yield at, f"unknown variant '{variant}'{nearest(variant, file.variants)}"
