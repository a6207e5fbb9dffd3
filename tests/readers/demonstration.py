"""The demonstration extract through another system: exported, read back, cleaned, and held against the CSV."""

from __future__ import annotations

import importlib
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


def hold_against_csv(study: Study, domains: tuple[str, ...], boxes: Callable[[str], str]) -> None:
    """Clean domains from an export and from the CSV and hold them against each other.

    Data are equal in every column but RAWFILE and RAWROW, rows in the same order; `boxes` turns the names of ticked
    boxes as recorded into those of the CSV. Queries are the same in rule, subject, form, field and value, removed
    records in subject.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("crf2csr.mapping.load_mapping", cache(load_mapping))
        for domain in domains:
            expected = cleaned_csv(study.cut, domain)
            found = clean_domain(domain, study)
            data = found.data.drop(columns=["RAWFILE", "RAWROW"])
            if domain == "famh":
                data["FAORRES"] = data["FAORRES"].map(boxes, na_action="ignore").astype("string")
            pd.testing.assert_frame_equal(data, expected.data.drop(columns=["RAWFILE", "RAWROW"]))
            assert _told(found, boxes) == _told(expected, str), domain
            assert found.removed["subject"].tolist() == expected.removed["subject"].tolist(), domain


def _told(cleaned: Cleaned, boxes: Callable[[str], str]) -> list[list[str]]:
    queries = cleaned.queries.assign(value=cleaned.queries["value"].fillna("").map(boxes))
    return queries[["rule", "subject", "form", "field", "value"]].fillna("").to_numpy().tolist()
