"""What protocol, registry, SAP and sponsor say: the study's keys with their sources, and what belongs to one cut.

Each key is `{value, source, note}`. A key that is not in `KEYS`, has no source, or is assumed without a note is
refused. Functions declare
the keys they use with `@uses`; they receive a `View` that holds only those and fails on any other, so that the same
list can travel to
Snakemake's params, to the ARD and to the footnotes.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from crf2csr.errors import InputError, shown
from crf2csr.strict_yaml import Document, load_yaml
from crf2csr.study_keys import CUT_KEYS, KEYS, Day, Visit

ROOT = Path(__file__).resolve().parent.parent
Source = Literal["protocol", "registry", "assumed", "house", "not applicable"]
#: The source of a key that a study lists as not applicable: it has no value and nothing may ask for it.
NOT_APPLICABLE: Source = "not applicable"
#: The key with the probabilities of a DLT, scenario by scenario.
SCENARIOS = "escalation.toxicity_vectors"


class Setting(BaseModel):
    """One key: its value, where it comes from, and why it was chosen when nobody states it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    value: Any
    source: Source
    note: str = ""


class Identity(BaseModel):
    """What the title page says about the trial."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str = Field(pattern=r"^[A-Z0-9-]{3,20}$")
    protocol: str
    title: str
    sponsor: str
    registry: str
    sites: dict[str, str]


class StudyFile(BaseModel):
    """`config/<study>/study.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    study: Identity
    keys: dict[str, Setting]
    #: Keys that mean nothing in this trial, or the first part of their names (`pk` for `pk.unit` and the like).
    not_applicable: tuple[str, ...] = ()


class AcceptedDuplicate(BaseModel):
    """The row to keep of records that contradict each other under one key (Q-103), with the reason."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    file: str
    row: int
    why: str


class CutFile(BaseModel):
    """`config/<study>/cuts/<cut>.yaml`: what belongs to one cut and nothing else."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    extract: str
    mapping: str = Field(pattern=r"^[a-z0-9_-]+$")
    synthetic: bool
    extracted_on: Day
    accepted_duplicates: tuple[AcceptedDuplicate, ...] = ()
    keys: dict[str, Setting]


@dataclass(frozen=True)
class Study:
    """One study at one cut; `settings` holds the keys of both files with converted values."""

    name: str
    cut: str
    identity: Identity
    extract: Path
    mapping: Path
    synthetic: bool
    extracted_on: date
    accepted_duplicates: tuple[AcceptedDuplicate, ...]
    settings: Mapping[str, Setting]

    def view(self, keys: Iterable[str]) -> View:
        """Return what a function that declares `keys` may see."""
        return View(self, frozenset(keys))

    def changed(self, variant: str, settings: Mapping[str, Any]) -> Study:
        """Return the study with other values for some keys, converted as those of the study file.

        Raises InputError naming the variant of the plan and the key.
        """
        others = {
            key: self.settings[key].model_copy(update={"value": _typed(f"plan variant '{variant}'", key, value)})
            for key, value in settings.items()
        }
        settings = {**self.settings, **others}
        _refuse_uneven_scenarios(f"plan variant '{variant}'", settings)
        return replace(self, settings=settings)


@dataclass(frozen=True)
class View:
    """The study as one function sees it: `study["teae.window_days"]` for a declared key, and the identity of the
    trial."""

    _study: Study
    keys: frozenset[str]

    @property
    def id(self) -> str:
        """The registered identifier of the trial (STUDYID)."""
        return self._study.identity.id

    @property
    def sites(self) -> dict[str, str]:
        """The sites of the trial by SITEID."""
        return self._study.identity.sites

    @property
    def accepted_duplicates(self) -> tuple[AcceptedDuplicate, ...]:
        """The rows that this cut keeps of contradicting duplicates."""
        return self._study.accepted_duplicates

    @property
    def extracted_on(self) -> date:
        """The day of the extract: no record can be later (Q-1101)."""
        return self._study.extracted_on

    def __getitem__(self, key: str) -> Any:
        if key not in self.keys:
            raise KeyError(f"key '{key}' is used without @uses('{key}')")
        if not self.applies(key):
            raise InputError(
                f"config/{self._study.name}/study.yaml: key '{key}' is not applicable there, but what is planned needs "
                "it; give it a value, or plan without it"
            )
        return self._study.settings[key].value

    def applies(self, key: str) -> bool:
        """Return whether a key means anything in this trial."""
        return self._study.settings[key].source != NOT_APPLICABLE


Function = TypeVar("Function", bound=Callable[..., Any])


def uses(*keys: str) -> Callable[[Function], Function]:
    """Declare the study keys that a function reads; `declared` returns them. An unknown key is refused at import."""
    unknown = [key for key in keys if key not in KEYS]
    if unknown:
        raise KeyError(f"@uses names unknown keys: {', '.join(unknown)}")

    def mark(function: Function) -> Function:
        function.keys = keys  # type: ignore[attr-defined]
        return function

    return mark


def declared(function: Callable[..., Any]) -> tuple[str, ...]:
    """Return the keys that `function` declares with `@uses`."""
    return getattr(function, "keys", ())


def load_study(name: str, cut: str, root: Path = ROOT) -> Study:
    """Read and cross-check a study and a cut. Raises InputError with file, line and key; contradictions are listed
    together."""
    folder = root / "config" / plain_name(name, "study")
    study_document = load_yaml(folder / "study.yaml")
    cut_document = load_yaml(folder / "cuts" / f"{plain_name(cut, 'cut')}.yaml")
    study_file = validate(study_document, StudyFile)
    cut_file = validate(cut_document, CutFile)
    settings = {
        **_not_applicable(study_document, study_file),
        **_settings(study_document, study_file.keys, _expected(study_file, set(KEYS) - set(CUT_KEYS))),
        **_settings(cut_document, cut_file.keys, _expected(study_file, set(CUT_KEYS))),
    }
    line = study_document.line(("keys", SCENARIOS))
    _refuse_uneven_scenarios(f"{study_document.path} line {line}", settings)
    _refuse_contradictions(cut_document, {key: setting.value for key, setting in settings.items()}, cut_file)
    return Study(
        name=name,
        cut=cut,
        identity=study_file.study,
        extract=root / _inside(cut_document, cut_file.extract),
        mapping=folder / "mappings" / f"{cut_file.mapping}.yaml",
        synthetic=cut_file.synthetic,
        extracted_on=cut_file.extracted_on,
        accepted_duplicates=cut_file.accepted_duplicates,
        settings=settings,
    )


def plain_name(name: str, what: str) -> str:
    """Return `name` if it is a plain folder name (F-308, F-608), else raise InputError."""
    if not name or not all(c.isascii() and (c.islower() or c.isdigit() or c in "_-") for c in name):
        raise InputError(f"{what} '{name}': a name has lower-case letters, digits, '_' and '-' only")
    return name


Model = TypeVar("Model", bound=BaseModel)


def validate(document: Document, model: type[Model]) -> Model:
    """Return `document` as `model`. Raises InputError with file, line, key and the nearest known key."""
    try:
        return model.model_validate(document.content)
    except ValidationError as error:
        messages = [_describe(document, problem, model) for problem in error.errors()]
        raise InputError("; ".join(dict.fromkeys(messages))) from error


def _describe(document: Document, problem: Any, model: type[BaseModel]) -> str:
    address = tuple(problem["loc"])
    place = f"{document.path} line {document.line(address)}: {shown('.'.join(map(str, address)))}"
    if problem["type"] == "extra_forbidden":
        return f"{place}: unknown key{nearest(str(address[-1]), _field_names(model))}"
    if problem["type"] == "missing":
        return f"{place}: missing key; add it"
    value = problem["input"]
    found = f" = '{shown(str(value))}'" if isinstance(value, str | int | float) else ""
    return f"{place}{found}: {problem['msg']}"


def _field_names(model: type[BaseModel]) -> list[str]:
    schema = model.model_json_schema()
    shapes = [schema, *schema.get("$defs", {}).values()]
    return [name for shape in shapes for name in shape.get("properties", {})]


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean 'x'?` for the nearest known word, or nothing."""
    matches = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean '{matches[0]}'?" if matches else ""


def _left_out(key: str, study_file: StudyFile) -> bool:
    return any(key == name or key.startswith(f"{name}.") for name in study_file.not_applicable)


def _expected(study_file: StudyFile, wanted: set[str]) -> list[str]:
    """Return the keys of one file that a study must give, in the order of KEYS."""
    return [key for key in KEYS if key in wanted and not _left_out(key, study_file)]


def _not_applicable(document: Document, study_file: StudyFile) -> dict[str, Setting]:
    """Return the keys that the study leaves out. Raises InputError for a name that is no key and no first part of
    one."""
    for name in study_file.not_applicable:
        if not any(_left_out(key, StudyFile.model_construct(not_applicable=(name,))) for key in KEYS):
            line = document.line(("not_applicable",))
            raise InputError(f"{document.path} line {line}: not_applicable: '{name}' is no key{nearest(name, KEYS)}")
    left = [key for key in KEYS if _left_out(key, study_file)]
    return {key: Setting.model_construct(value=None, source=NOT_APPLICABLE, note="") for key in left}


def _settings(document: Document, given: Mapping[str, Setting], expected: Iterable[str]) -> dict[str, Setting]:
    expected = tuple(expected)
    for key in given:
        if key not in expected:
            line = document.line(("keys", key))
            raise InputError(f"{document.path} line {line}: key '{key}' does not belong here{nearest(key, expected)}")
    missing = [key for key in expected if key not in given]
    if missing:
        raise InputError(f"{document.path}: missing keys {', '.join(missing)}; add each with value and source")
    return {key: _convert(document, key, given[key]) for key in expected}


def _convert(document: Document, key: str, setting: Setting) -> Setting:
    line = document.line(("keys", key))
    if setting.source == "assumed" and not setting.note:
        raise InputError(f"{document.path} line {line}: key '{key}' is assumed without a note; say why it was chosen")
    value = _typed(f"{document.path} line {line}", key, setting.value)
    return setting.model_copy(update={"value": value})


def _typed(where: str, key: str, value: Any) -> Any:
    try:
        return TypeAdapter(KEYS[key]).validate_python(value)
    except ValidationError as error:
        reason = "; ".join(problem["msg"] for problem in error.errors())
        raise InputError(f"{where}: key '{key}' = '{shown(str(value))}': {reason}") from error


def _refuse_contradictions(document: Document, values: Mapping[str, Any], cut: CutFile) -> None:
    """Raise InputError naming every contradiction at once (F-305)."""
    rp2d, declared_by, declared_on = (values[f"rp2d.{name}"] for name in ("value", "declared_by", "declared_on"))
    levels, cutoff = values["escalation.dose_levels_mg"] or (), values["data_cutoff"]
    problems = {
        f"rp2d.value = {rp2d} is not one of the dose levels {list(levels)}": rp2d is not None and rp2d not in levels,
        "rp2d.value, declared_by and declared_on are given together or not at all": len(
            {item is None for item in (rp2d, declared_by, declared_on)}
        )
        > 1,
        f"rp2d.declared_on = {declared_on} is after data_cutoff = {cutoff}": declared_on is not None
        and declared_on > cutoff,
        f"data_cutoff = {cutoff} is after extracted_on = {cut.extracted_on}": cutoff > cut.extracted_on,
    }
    found = [text for text, wrong in problems.items() if wrong]
    if found:
        raise InputError(f"{document.path}: contradicting keys: {'; '.join(found)}")


def _refuse_uneven_scenarios(where: str, settings: Mapping[str, Setting]) -> None:
    """Raise InputError for a toxicity scenario with more or fewer probabilities than there are dose levels (F-305)."""
    levels = settings["escalation.dose_levels_mg"].value or ()
    for number, vector in enumerate(settings[SCENARIOS].value or (), start=1):
        if len(vector) != len(levels):
            raise InputError(
                f"{where}: key '{SCENARIOS}', scenario {number} = '{value_text(vector)}': {len(vector)} probabilities "
                f"for the dose levels {list(levels)}; give one a dose level"
            )


def _inside(document: Document, folder: str) -> Path:
    path = Path(folder)
    if path.is_absolute() or ".." in path.parts:
        line = document.line(("extract",))
        raise InputError(
            f"{document.path} line {line}: extract '{folder}' lies outside the project; give a folder below it"
        )
    return path


def value_text(value: Any) -> str:
    """Return the value of a key as a reader of a footnote writes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(_item_text, value)) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{name} {low} to {high}" for name, (low, high) in value.items())
    # Only a declaration can be absent: R-408 calls that "not determined".
    return "not determined" if value is None else str(value)


def _item_text(item: Any) -> str:
    if isinstance(item, Visit):
        return item.name.replace("{n}", "n")
    return f"({value_text(item)})" if isinstance(item, tuple) else str(item)
