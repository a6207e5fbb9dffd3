"""What the measurements of laboratory and adverse events are made of: subjects and prepared forms, by arithmetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from crf2csr.clean.forms import Form

#: First dose of everybody.
START = np.datetime64("2020-01-01")


def people(subjects: int, study_id: str, days: int) -> pd.DataFrame:
    """Return ADSL of so many treated subjects, on treatment for so many days, with what ADAE, ADLB and the columns of
    the plan read."""
    from crf2csr.contracts import conform, load_contract

    contract, number = load_contract("derive", "adsl"), np.arange(subjects)
    flags = {v.name: "N" for v in contract.variables if v.core == "req" and v.type == "text"}
    names = subject_names(subjects)
    doses = number % 3
    given = {
        **flags,
        "STUDYID": study_id,
        "USUBJID": [f"{study_id}-{name}" for name in names],
        "SUBJID": names,
        "SITEID": [name[:2] for name in names],
        "SAFFL": "Y",
        "TRT01A": np.array(["75 mg", "100 mg", "125 mg"])[doses],
        "TRT01AN": np.array([75, 100, 125])[doses],
        "TRTSDT": START,
        "ONTRTEDT": START + np.timedelta64(days, "D"),
    }
    frame = pd.DataFrame({name: value for name, value in given.items() if name in contract.names}, index=number)
    return conform(frame, contract)


def subject_names(subjects: int) -> list[str]:
    """Return the names of the subjects: two sites in turn."""
    return [f"{1 + number % 2:02}-{number:05}" for number in range(subjects)]


def prepared(name: str, subject: np.ndarray, record: np.ndarray, visit: Any, values: Mapping[str, Any]) -> Form:
    """Return a prepared form as reading it would give it: one record for each of `subject` (numbers of subjects), with
    its number `record` at the subject, the texts of its visit (or None) and `values` by field of the contract."""
    from crf2csr.clean.forms import COMMON, Form
    from crf2csr.raw_contracts import load_raw_contract
    from crf2csr.results import QUERY_COLUMNS, REMOVED_COLUMNS, frame_of

    size, names = len(subject), subject_names(int(subject.max()) + 1)
    columns: dict[str, Any] = dict.fromkeys(COMMON, taken([None], subject * 0))
    columns |= {"SITE": taken([name[:2] for name in names], subject), "SUBJECT": taken(names, subject)}
    columns |= {"RAWFILE": taken([f"{name}.csv"], subject * 0), "RAWROW": pd.array(np.arange(2, size + 2), "Int64")}
    columns |= {"RECORD": pd.array(record, dtype="Int64")} | ({} if visit is None else {"VISIT": visit})
    for field in load_raw_contract(name).fields:
        columns |= {field: values[field], f"{field}__raw": values[field].astype("string", copy=False)}
    sources = {field: [field.upper()] for field in values}
    sources |= {"common.subject": ["SUBJECT"], "common.site": ["SITE"]}
    sources |= {} if visit is None else {"common.visit": ["FOLDER"]}
    return Form(name, pd.DataFrame(columns), frame_of([], QUERY_COLUMNS), frame_of([], REMOVED_COLUMNS), sources)


def taken(texts: Sequence[str | None], place: np.ndarray) -> Any:
    """Return the text at each place, as an array of pandas' text type in which equal texts are one object."""
    return pd.array(texts, dtype="string").take(place)
