"""The second program on the published reference cases: best responses and target lesions."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from qc.best import best_response
from qc.scans import visits_of
from qc.visits import Assessed, assess, course_of
from tests.qc.raw import VALUES

REFERENCE = Path(__file__).resolve().parents[1] / "reference"
BOR_CASES = json.loads((REFERENCE / "bor.json").read_text(encoding="utf-8"))["cases"]
RESPONSES = {"CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE"}


def _answerable(case: dict[str, Any]) -> bool:
    """Best responses after first dose, read up to the first PD (R-601 starts at first dose and knows no ND)."""
    seen = case["assessments"]
    asked = case["origin_function"] in ("derive_param_bor", "derive_param_confirmed_bor")
    known = all(a["response"] in RESPONSES and a["date"] >= case["ref_start_date"] for a in seen) if asked else False
    after_pd = any(a["response"] == "PD" for a in seen[:-1]) and not case["args"]["restrict_to_pd_date"]
    return known and not after_pd


@pytest.mark.parametrize("case", [c for c in BOR_CASES if _answerable(c)], ids=lambda case: case["id"])
def test_best_response_of_the_reference(case: dict[str, Any]) -> None:
    args, limit = case["args"], case["pd_date_filter"]
    values = VALUES | {"response.sd_min_days": args["min_sd_days"], "response.missing_as_ne": args["missing_as_ne"]}
    if args["confirm_days"] is not None:
        values |= {"response.confirm_days": args["confirm_days"], "response.max_ne": args["max_nr_ne"]}
        values |= {"response.accept_sd": args["accept_sd"]}
    found = [Assessed(str(n), a["response"], _day(a["date"])) for n, a in enumerate(case["assessments"])]
    best = best_response(found, _day(case["ref_start_date"]), _day(limit) if limit else None, True, values)
    value = best.confirmed if case["expected"]["param"] == "CBOR" else best.unconfirmed
    assert value == case["expected"]["value"]


@pytest.mark.parametrize(
    ("seen", "unconfirmed", "confirmed"),
    [  # days after first dose; SD counts from day 42 on, a response is confirmed from 28 days later on
        ([(42, "SD")], "SD", "SD"),
        ([(41, "SD")], "NE", "NE"),
        ([(42, "PR"), (70, "PR")], "PR", "PR"),
        ([(42, "PR"), (69, "PR")], "PR", "SD"),
        ([(30, "CR"), (57, "CR")], "CR", "SD"),
        ([(30, "CR"), (58, "CR")], "CR", "CR"),
        ([(63, "PR"), (63, "SD"), (126, "PR")], "PR", "SD"),  # of one day the worst counts
        ([(63, "NE"), (63, "CR")], "CR", "SD"),
    ],
)
def test_edges_in_days(seen: list[tuple[int, str]], unconfirmed: str, confirmed: str) -> None:
    best = best_response([Assessed(str(n), word, day) for n, (day, word) in enumerate(seen)], 0, None, True, VALUES)
    assert (best.unconfirmed, best.confirmed) == (unconfirmed, confirmed)


def _day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


LESION_CASES = json.loads((REFERENCE / "target_lesions.json").read_text(encoding="utf-8"))["cases"]
STATES = {"ABS": "ABSENT", "TSM": "TOO SMALL TO MEASURE", "NE": "NOT EVALUATED", "MERGED": "MERGED"}


@pytest.mark.parametrize("case", LESION_CASES, ids=lambda case: case["id"])
def test_target_lesions_of_the_reference(case: dict[str, Any]) -> None:
    forms: dict[str, dict[str, list[dict[str, str]]]] = {name: {"S": []} for name in ("tl", "ntl", "nl", "rs", "act")}
    for number, visit in enumerate(case["visits"]):
        folder = f"Tumor assessment {number}" if number else "Screening"
        common = {"FOLDER": folder, "DAT_RAW": f"2020-01-{number + 1:02d}"}
        forms["nl"]["S"].append(common | {"LESION": "", "PRESENT": "No", "CERTAINTY": "", "NODAL": "", "SIZE": ""})
        for place, (kind, value) in enumerate(zip(case["lesion_kinds"], visit["diameters_mm"], strict=True)):
            nodal = "Yes" if kind == "nodal" else "No"
            forms["tl"]["S"] += [common | {"NODAL": nodal} | row for row in _lesion_rows(f"T{place}", value)]
    course = course_of(visits_of(forms, "S"), date(2020, 1, 1).toordinal())
    found = [record.response for record in assess(course)]
    assert found == [visit["expected_target_response"] for visit in case["visits"][1:]]


def _lesion_rows(lesion: str, value: Any) -> list[dict[str, str]]:
    row = {"LESION": lesion, "PARENT": "", "DIAMETER": "", "UNIT": "mm", "STATE": ""}
    if isinstance(value, dict):
        parts = [
            row | {"LESION": f"{lesion}{n}", "PARENT": lesion, "DIAMETER": str(v)} for n, v in enumerate(value["split"])
        ]
        return [row | {"STATE": "SPLIT"}, *parts]
    return [row | ({"STATE": STATES[value]} if isinstance(value, str) else {"DIAMETER": str(value)})]
