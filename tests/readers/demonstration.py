"""The demonstration extract through another system: exported, read back, cleaned, and held against the CSV."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from crf2csr.contracts import ROOT
from crf2csr.jobs.check import read_forms
from crf2csr.jobs.clean import clean_domain
from crf2csr.mapping import load_mapping
from crf2csr.results import Cleaned
from crf2csr.simulate.exports.transfer import transfer
from crf2csr.study import Study, load_study

#: What is cleaned in every test run: texts outside ASCII, duplicates and deleted records (ae), boxes (dm, famh),
#: numbers (tr, vs), several forms (ds, cm), parts of dates (rs), a large form (pc). All domains: `make test-long`.
SOME = ("dm", "ds", "ex", "ae", "tr", "rs", "cm", "vs", "pc", "famh")


def mapping_of(system: str) -> Path:
    """Return the mapping of a system's export."""
    return ROOT / "config" / "nct03709082" / "mappings" / f"{system}.yaml"


def export(system: str, cut: str, folder: Path, forms: tuple[str, ...] = ()) -> Study:
    """Write the extract of a cut, or `forms` of it, as `system` exports it; return the study that reads it there."""
    study = load_study("nct03709082", cut)
    old, new = load_mapping(study.mapping), load_mapping(mapping_of(system))
    writer = importlib.import_module(f"crf2csr.simulate.exports.{system}")
    folder.mkdir(exist_ok=True)
    frames = transfer(read_forms(study, old), old, new)
    writer.write({form: frames[form] for form in forms or frames}, new, folder)
    return replace(study, extract=folder, mapping=mapping_of(system))


@cache
def cleaned_csv(cut: str, domain: str) -> Cleaned:
    """Return a domain cleaned from the CSV files, once for all systems (`GROUPS` of tests/conftest.py)."""
    return clean_domain(domain, load_study("nct03709082", cut))


def hold_against_csv(study: Study, domains: tuple[str, ...], as_csv: Callable[[str], str]) -> None:
    """Clean domains from an export and from the CSV and hold them against each other.

    Data are equal in every column but RAWFILE and RAWROW, rows in the same order; `as_csv` turns recorded texts that an
    export must word differently (names of boxes) into those of the CSV. Queries and removed records are the same, in
    whatever order the files have them.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("crf2csr.mapping.load_mapping", cache(load_mapping))
        for domain in domains:
            expected, found = cleaned_csv(study.cut, domain), clean_domain(domain, study)
            data = found.data.drop(columns=["RAWFILE", "RAWROW"])
            if domain == "famh":
                data["FAORRES"] = data["FAORRES"].map(as_csv, na_action="ignore").astype("string")
            pd.testing.assert_frame_equal(data, expected.data.drop(columns=["RAWFILE", "RAWROW"]))
            assert told(found, as_csv) == told(expected, str), domain


def told(cleaned: Cleaned, as_csv: Callable[[str], str]) -> tuple[list[list[str]], list[list[str]]]:
    """Return queries and removed records without the place where they stand."""
    queries = cleaned.queries[["rule", "severity", "subject", "form", "field", "value"]].fillna("")
    rows = queries.assign(value=queries["value"].map(as_csv)).to_numpy().tolist()
    return sorted(rows), sorted(cleaned.removed[["subject", "form"]].fillna("").to_numpy().tolist())


def sas_as_csv(text: str) -> str:
    """Return boxes as recorded under the names of the CSV: RACE99 is RACE___-99, METSITE1 is METSITES___1."""
    named = re.sub(r"\b(RACE|METSITE?)(99|98|[1-9])=", r"\1___\2=", text)
    return named.replace("METSITE___", "METSITES___").replace("METSIT___", "METSITES___").replace("___9", "___-9")


def odm_as_csv(text: str) -> str:
    """Return a recorded text as the CSV has it.

    Three things are said in other words. Boxes as recorded name their columns: IT.DXH.METSITES_N99 is METSITES___-99.
    A deleted record says Remove in ODM and Y in the CSV (value of Q-112), an unknown visit its OID (value of Q-120).
    """
    named = re.sub(
        r"IT\.(?:DXH|DM)\.(METSITES|RACE)_(N?)(\d+)=", lambda m: f"{m[1]}___{'-' if m[2] else ''}{m[3]}=", text
    )
    return {"Remove": "Y", "SE.UNSCHEDULED": "Unscheduled visit"}.get(named, named)


#: System to what turns its wording of recorded texts into that of the CSV.
SYSTEMS: dict[str, Callable[[str], str]] = {"sas": sas_as_csv, "excel": str, "odm": odm_as_csv}
