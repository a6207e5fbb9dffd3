"""Questionnaires as configuration: one file an instrument in `config/instruments`, checked when it is read.

An instrument says which form holds it, what its answers are, which scales and items are analyzed, how each is scored,
and from how many points on a change is a worsening. Whoever has a license for another form adds a file; no code.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from crf2csr.contracts import ROOT, load_terms
from crf2csr.errors import InputError
from crf2csr.strict_yaml import Document, load_yaml
from crf2csr.study import Study, nearest, validate
from crf2csr.study_keys import KEYS, Visit

FOLDER = Path("config") / "instruments"
CODELISTS = Path("config") / "codelists"
#: The raw form of an instrument to the code list of what it names: short forms with numbered items, or items.
FORM_LISTS = {"promis": "PROMISIN", "bcpt": "BCPTITEM"}
#: Columns that a scoring table has at least.
SCORE_COLUMNS = ("short_form", "version", "raw_sum", "t_score")
Code = Annotated[str, Field(pattern="^[A-Z][A-Z0-9]{0,7}$")]
#: Raw sum to score.
Scores = Mapping[int, Decimal]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Named(_Part):
    """PARAMCD and PARAM of rows that sum up an instrument."""

    paramcd: Code
    param: str = Field(max_length=60)


class Members(_Part):
    """Flag and reason of ADSL that tell who is evaluable by the instrument."""

    flag: Code
    reason: Code


class Threshold(_Part):
    """Points from which on a change is a worsening: a study key, or a fixed number with its source."""

    key: str | None = None
    points: Annotated[Decimal, Field(gt=0)] | None = None
    source: str | None = None


class Band(_Part):
    """A category of scores below a limit; the last of a list has none."""

    name: str = Field(max_length=20)
    below: Decimal | None = None


class Parameter(_Part):
    """A scale or item as it is analyzed.

    `score`: `answer` (one item), `sum`, `mean`, or `table` (score of the sum in the scoring table of `version`).
    `reversed` items count as lowest + highest - answer. With fewer answers than all items, but `minimum` or more, the
    mean of those given stands for the others if `prorated`; with fewer than `minimum` there is no score.
    """

    paramcd: Code
    param: str = Field(max_length=60)
    scale: str = ""
    version: str = ""
    items: tuple[Code, ...] = Field(min_length=1)
    reversed: tuple[Code, ...] = ()
    score: Literal["answer", "sum", "mean", "table"] = "answer"
    minimum: int | None = None
    prorated: bool = False
    better: Literal["low", "high"]
    bands: str = ""
    # Those of the instrument, for every parameter that is read from it.
    instrument: str = ""
    lowest: int = 0
    highest: int = 0

    @property
    def needed(self) -> int:
        """The number of answers that a score needs: all items, if the file names no fewer."""
        return len(self.items) if self.minimum is None else self.minimum

    @property
    def high_is_better(self) -> bool:
        """Whether more of it is better (R-1202)."""
        return self.better == "high"


class Instrument(_Part):
    """One file of `config/instruments`. `any`, `members`: what is said about the instrument as a whole, if anything."""

    instrument: str = Field(pattern="^[A-Z][A-Z0-9-]{0,9}$")
    source: str
    form: Literal["promis", "bcpt"]
    answers: tuple[int, int]
    threshold: Threshold
    visits: tuple[str, ...] = ()
    compliance: Named | None = None
    any: Named | None = None
    members: Members | None = None
    scores: str = ""
    bands: dict[str, tuple[Band, ...]] = {}
    parameters: tuple[Parameter, ...] = Field(min_length=1)

    def points(self, settings: Mapping[str, object]) -> Decimal:
        """Return the points of a worsening, from the study key where the file names one."""
        return Decimal(str(settings[self.threshold.key] if self.threshold.key else self.threshold.points))


@cache
def load_instruments(root: Path = ROOT) -> tuple[Instrument, ...]:
    """Return the instruments in the order of their file names. Raises InputError naming file, line and key of all that
    is wrong; a parameter of two instruments is refused."""
    found: list[Instrument] = []
    owners: dict[str, Path] = {}
    for path in sorted((root / FOLDER).glob("*.yaml")):
        document = load_yaml(path)
        read = validate(document, Instrument)
        problems = list(_problems(document, read, root))
        for number, code in _codes(read):
            if code in owners:
                problems.append((("parameters", number), f"'{code}' stands in {owners[code].name} too; rename it"))
            owners[code] = path
        if problems:
            raise InputError("; ".join(f"{path} line {document.line(at)}: {text}" for at, text in problems))
        low, high = read.answers
        shared = {"instrument": read.instrument, "lowest": low, "highest": high}
        own = tuple(parameter.model_copy(update=shared) for parameter in read.parameters)
        found.append(read.model_copy(update={"parameters": own}))
    return tuple(found)


@cache
def load_parameters(root: Path = ROOT) -> tuple[Parameter, ...]:
    """Return the parameters of all instruments, in order."""
    return tuple(parameter for instrument in load_instruments(root) for parameter in instrument.parameters)


@cache
def load_scores(name: str, root: Path = ROOT) -> Mapping[tuple[str, str], Scores]:
    """Return the scoring table `config/codelists/<name>` (none without a name): (short form, version) to the score of
    each raw sum, exact (R-101, R-1201). Raises InputError with file and row."""
    if not name:
        return {}
    path = root / CODELISTS / name
    if not path.is_file():
        raise InputError(f"{path}: scoring table not found; check 'scores' of the instrument")
    table: dict[tuple[str, str], dict[int, Decimal]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if not set(SCORE_COLUMNS) <= set(reader.fieldnames or ()):
            raise InputError(f"{path} row 1: expected the columns {', '.join(SCORE_COLUMNS)}; add what is missing")
        for number, row in enumerate(reader, start=2):
            sums = table.setdefault((row["short_form"], row["version"]), {})
            total, score = _number(path, number, row, "raw_sum"), _number(path, number, row, "t_score")
            if int(total) != total or int(total) in sums:
                raise InputError(f"{path} row {number} column raw_sum = '{row['raw_sum']}': expected each sum once")
            sums[int(total)] = score
    return table


def _number(path: Path, number: int, row: Mapping[str, str], column: str) -> Decimal:
    try:
        return Decimal(row[column])
    except InvalidOperation as error:
        raise InputError(f"{path} row {number} column {column} = '{row[column]}': not a number") from error


def categories(instrument: Instrument, parameter: Parameter) -> tuple[str, ...]:
    """Return the categories of a parameter from best to worst: its bands, or the answers of a single item."""
    if parameter.bands:
        names = tuple(band.name for band in instrument.bands[parameter.bands])
    else:
        answers = range(parameter.lowest, parameter.highest + 1) if parameter.score == "answer" else ()
        names = tuple(str(answer) for answer in answers)
    return tuple(reversed(names)) if parameter.high_is_better else names


def series(schedule: Sequence[Visit], names: Sequence[str]) -> Iterator[tuple[str, float, int | None]]:
    """Yield name, number and planned day of the visits of the schedule that an instrument names, series unrolled."""
    for visit in schedule:
        if visit.name in names:
            first = visit.first or 0
            for step in range((visit.last or first) - first + 1):
                name = visit.name.replace("{n}", str(first + step))
                day = None if visit.day is None else visit.day + step * visit.day_step
                yield name, visit.number + step * visit.number_step, day


def refuse_unplanned(instruments: Sequence[Instrument], study: Study, root: Path = ROOT) -> None:
    """Raise InputError for a visit of an instrument that the schedule of the study does not know."""
    known = [visit.name for visit in study.settings["visit.schedule"].value]
    for instrument in instruments:
        for name in instrument.visits:
            if name not in known:
                text = f"{root / FOLDER}: {instrument.instrument} is planned at visit '{name}', which is not scheduled"
                raise InputError(f"{text}{nearest(name, known)}")


_Problem = tuple[tuple[str | int, ...], str]


def _codes(read: Instrument) -> Iterator[tuple[int, str]]:
    named = [part.paramcd for part in (read.compliance, read.any) if part]
    yield from ((0, code) for code in named)
    yield from ((number, parameter.paramcd) for number, parameter in enumerate(read.parameters))


def _problems(document: Document, read: Instrument, root: Path) -> Iterator[_Problem]:
    low, high = read.answers
    if low >= high:
        yield ("answers",), f"answers from {low} to {high}; the first is the lowest"
    key = read.threshold.key
    known = [name for name in KEYS if name.startswith("pro.threshold.")]
    if (key is None) == (read.threshold.points is None):
        yield ("threshold",), "give a key or points, not both"
    elif key is not None and key not in known:
        yield ("threshold", "key"), f"key '{key}' is no threshold of the study{nearest(key, known)}"
    elif key is None and not read.threshold.source:
        yield ("threshold",), "points without source; say where they come from"
    for name, bands in read.bands.items():
        limits = [band.below for band in bands]
        given = [limit for limit in limits[:-1] if limit is not None]
        if not bands or limits[-1] is not None or given != sorted(set(given)) or len(given) < len(bands) - 1:
            yield ("bands", name), "limits rise, and the last band has none"
    scores = load_scores(read.scores, root)
    for number, parameter in enumerate(read.parameters):
        for text in _wrong(read, parameter, scores, load_terms(root).get(FORM_LISTS[read.form], ())):
            yield ("parameters", number), f"{parameter.paramcd}: {text}"


def _wrong(
    read: Instrument, parameter: Parameter, scores: Mapping[tuple[str, str], Scores], terms: Sequence[str]
) -> Iterator[str]:
    """Yield what is wrong with one parameter."""
    items = parameter.items
    if parameter.model_fields_set & {"instrument", "lowest", "highest"}:
        yield "instrument, lowest and highest are those of the file; drop them here"
    if len(set(items)) < len(items):
        yield "an item stands twice"
    if not set(parameter.reversed) <= set(items):
        yield "reversed names an item that the scale does not have"
    if parameter.score == "answer" and len(items) != 1:
        yield "the answer of one item is asked for, and several are named"
    if not 1 <= parameter.needed <= len(items):
        yield f"minimum {parameter.needed} of {len(items)} items"
    if parameter.needed < len(items) and not parameter.prorated and parameter.score in ("sum", "table"):
        yield "a sum of fewer answers than items needs prorated: true"
    if parameter.bands and parameter.bands not in read.bands:
        yield f"bands '{parameter.bands}' are not given{nearest(parameter.bands, read.bands)}"
    # A form with numbered items names its scale, the checklist names its items.
    for name in [parameter.scale] if read.form == "promis" else items:
        if name not in terms:
            yield f"'{name}' is not in code list {FORM_LISTS[read.form]}{nearest(name, terms)}"
    if parameter.score == "table":
        low, high = (len(items) * answer for answer in read.answers)
        if sorted(scores.get((parameter.scale, parameter.version), {})) != list(range(low, high + 1)):
            yield f"the scoring table has not each sum from {low} to {high} of version '{parameter.version}' once"
