"""Best response, confirmation and clinical benefit (R-601 to R-609) against admiralonco and RECIST 1.1 Table 3."""

import datetime as dt
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crf2csr.derive.rules.best_response import (
    BEST_FIRST,
    Assessment,
    Best,
    check_assessments,
    compute_best_response,
    compute_clinical_benefit,
    compute_confirmed_best_response,
    compute_confirmed_response,
    compute_response,
    recode_after_cr,
    select_records,
)
from crf2csr.errors import InputError

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "bor.json").read_text(encoding="utf-8"))
CASES = {case["id"]: case for case in REFERENCE["cases"]}
BEHAVIOUR = {row["id"]: row for row in REFERENCE["behaviour"]}
TABLE_3 = [case_id for case_id, case in CASES.items() if "recist_table3_value" in case]
NON = "NON-CR/NON-PD"
# Not a response of R-602: a blank one, and NA. Decision 0002: the blank row is no record, NA is read as not done.
NOT_A_RESPONSE = {None: None, "NA": "ND"}


def day(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)


def assessments_of(case: dict) -> list[Assessment]:
    rows = []
    for row in case["assessments"]:
        response = NOT_A_RESPONSE.get(row["response"], row["response"])
        if response is not None:
            rows.append(Assessment(dt.date.fromisoformat(row["date"]), response, f"{case['id']} {row['date']}"))
    return rows


def records_of(case: dict) -> tuple[Assessment, ...]:
    """Return the records as the reference selects them: no lower limit (decision 0002), the PD date from elsewhere."""
    to_pd = case["args"]["restrict_to_pd_date"]
    last = day(case["pd_date_filter"]) if to_pd else None
    return select_records(assessments_of(case), None, None, last=last, to_first_pd=to_pd, subject=case["subject"])


def confirmed_bor(case: dict, cr_then_disease: str = "query_only", has_target: bool = True) -> Best:
    args = case["args"]
    return compute_confirmed_best_response(
        records_of(case),
        dt.date.fromisoformat(case["ref_start_date"]),
        args["min_sd_days"],
        args["confirm_days"],
        args["max_nr_ne"],
        args["accept_sd"],
        args["missing_as_ne"],
        has_target,
        cr_then_disease,
    )


def unconfirmed_bor(case: dict) -> Best:
    args = case["args"]
    start = dt.date.fromisoformat(case["ref_start_date"])
    return compute_best_response(records_of(case), start, args["min_sd_days"], args["missing_as_ne"])


def confirmed_response(case: dict) -> Best:
    args = case["args"]
    return compute_confirmed_response(
        records_of(case), args["confirm_days"], args["max_nr_ne"], args["accept_sd"], "query_only"
    )


def clinical_benefit(case: dict) -> Best:
    args = case["args"]
    start = dt.date.fromisoformat(case["ref_start_date"])
    source = day(case["response_date_source"])
    response = Best("Y" if source else "N", source, "R-606")
    return compute_clinical_benefit(records_of(case), start, args["min_sd_days"], response, args["clinben_vals"])


COMPUTE = {
    "derive_param_bor": unconfirmed_bor,
    "derive_param_confirmed_bor": confirmed_bor,
    "derive_param_confirmed_resp": confirmed_response,
    "derive_param_clinbenefit": clinical_benefit,
    "derive_param_response": lambda case: compute_response(records_of(case)),
}


def test_reference_file_is_whole():
    assert len(CASES) == len(REFERENCE["cases"]) == 118, "cases as received"
    assert {case["origin_function"] for case in CASES.values()} == set(COMPUTE), "a function without a test"
    handled = {name.split("_")[1].upper() for name in globals() if name.startswith("test_beh")}
    assert set(BEHAVIOUR) == handled, "a behaviour without a test"


@pytest.mark.parametrize("case_id", CASES)
def test_reference_case(case_id: str):
    case = CASES[case_id]
    found = COMPUTE[case["origin_function"]](case)
    assert (found.value, found.date) == (case["expected"]["value"], day(case["expected"]["date"]))


@pytest.mark.parametrize("case_id", [case_id for case_id in CASES if "also_executed" in CASES[case_id]])
def test_reference_also_executed(case_id: str):
    case = CASES[case_id]
    executed = case["also_executed"]
    assert set(executed) == {"BOR_unconfirmed", "CBOR_event_objects_42d_28d"}
    unconfirmed, confirmed = unconfirmed_bor(case), confirmed_bor(case)
    for found, name in ((unconfirmed, "BOR_unconfirmed"), (confirmed, "CBOR_event_objects_42d_28d")):
        assert (found.value, found.date) == (executed[name]["avalc"], day(executed[name]["date"]))


@pytest.mark.parametrize("case_id", TABLE_3)
def test_recist_table_3(case_id: str):
    case = CASES[case_id]
    found = confirmed_bor(case, "table3")
    assert found.value == case["recist_table3_value"]
    assert (found.value != confirmed_bor(case).value) == case["admiralonco_differs_from_table3"]
    assert (found.rule == "R-607") == case["admiralonco_differs_from_table3"]


def test_table_3_dates_the_progression_at_the_disease():
    # CR(d28), PR(d70) with a 42-day SD minimum is PD; BOR242 starts 2023-01-01, PR on 2023-03-12 (day 70 after).
    found = confirmed_bor(CASES["BOR242"], "table3")
    assert (found.value, found.date, found.reason) == ("PD", dt.date(2023, 3, 12), "DISEASE_AFTER_CR")
    assert found.keys == ("BOR242 2023-03-12",)


# The five behaviours of the reference.
def test_beh1_no_record_is_missing_not_an_error():
    # Decision 0002: ours work on one subject, for whom no record is an answer.
    assert compute_best_response((), START, 42, False) == Best("MISSING", None, "R-602", "NO_ASSESSMENT")


@pytest.mark.parametrize("response", ["iCR", "NA", "", "cr", "MISSING"])
def test_beh2_unknown_response_names_subject_and_date(response: str):
    rows = [*sequence("PR", "CR"), Assessment(dt.date(2020, 2, 16), response, "row 3")]
    with pytest.raises(InputError, match=rf"subject 001, 2020-02-16 \(row 3\): overall response '{response}'"):
        select_records(rows, None, None, subject="001")


def test_beh3_unknown_response_in_each_function():
    rows = [Assessment(START, "iCR", "row 1")]
    calls = (
        lambda: compute_best_response(rows, START, 42, False),
        lambda: confirm(rows),
        lambda: compute_confirmed_response(rows, 28, 1, False, "query_only"),
        lambda: compute_clinical_benefit(rows, START, 168, None),
        lambda: compute_response(rows),
    )
    for call in calls:
        with pytest.raises(InputError, match="'iCR' is unknown"):
            call()


def test_beh4_cr_then_pr_is_queried():
    given_rows = BEHAVIOUR["BEH4"]["given"]
    dates = ("2020-02-06", "2020-02-16", "2020-03-30")  # of subject 2, the sequence of BOR006
    assert [row["date"] for row in CASES["BOR006"]["assessments"]] == list(dates)
    rows = [Assessment(dt.date.fromisoformat(d), r, d) for d, r in zip(dates, given_rows["2"], strict=True)]
    ((code, message, keys),) = check_assessments(rows)
    assert (code, keys) == ("Q-713", ("2020-02-16", "2020-03-30"))
    assert message == "CR on 2020-02-16 followed by PR on 2020-03-30"
    # Decision 0002: R-607 also asks about the SD that follows the CR of subject 1; the package looks for PR only.
    assert [row[0] for row in check_assessments(sequence(*given_rows["1"]))] == ["Q-713"]


def test_beh5_records_to_the_first_pd():
    # filter_pd of the reference: the record on the first PD date is kept, later ones are dropped; without PD all stay.
    found = select_records(sequence("SD", "PD", "PD"), None, None)
    assert [row.response for row in found] == ["SD", "PD"]
    assert len(select_records(sequence("SD", "PR"), None, None)) == 2
    assert len(select_records(sequence("CR", "PD"), None, None)) == 2


START = dt.date(2020, 1, 1)


def at(days: int) -> dt.date:
    """Return the date `days` after the start of treatment."""
    return START + dt.timedelta(days=days)


def sequence(*responses: str, first: int = 63, step: int = 63) -> list[Assessment]:
    """Return visits `step` days apart (63: the imaging interval of the study), the first `first` days after START."""
    return [Assessment(at(first + step * n), response, f"V{n + 1}") for n, response in enumerate(responses)]


def confirm(
    rows: list[Assessment], has_target: bool = True, mode: str = "query_only", accept_sd: bool = False, max_ne: int = 1
) -> Best:
    records = select_records(rows, START, None)
    return compute_confirmed_best_response(records, START, 42, 28, max_ne, accept_sd, False, has_target, mode)


def test_records_from_the_first_dose_to_new_therapy():
    rows = [Assessment(at(n), "SD", str(n)) for n in (-1, 0, 30, 60, 61)]
    assert [row.key for row in select_records(rows, START, at(60))] == ["0", "30", "60"]
    assert [row.key for row in select_records(rows, START, None)] == ["0", "30", "60", "61"]
    assert [row.key for row in select_records(rows, START, None, last=at(30))] == ["0", "30"]


def test_progression_before_the_first_dose_ends_nothing():
    rows = [Assessment(at(-5), "PD", "early"), *sequence("PR", "PR")]
    assert confirm(rows).value == "PR"


# R-601, worst first.
@pytest.mark.parametrize(
    ("better", "worse"),
    [("ND", "NE"), ("NE", "CR"), ("CR", "PR"), ("PR", "SD"), ("SD", NON), (NON, "PD"), ("NE", "PD"), ("CR", "SD")],
)
def test_same_date_twice_the_worst_wins(better: str, worse: str):
    rows = [Assessment(at(63), better, "a"), Assessment(at(63), worse, "b")]
    for order in (rows, rows[::-1]):
        assert [row.key for row in select_records(order, START, None)] == ["b"]
        assert [code for code, _, _ in check_assessments(order)] == ["Q-704"]


def test_unordered_dates_are_put_in_order_or_refused():
    rows = sequence("PR", "PR", "PD")[::-1]
    assert confirm(rows).value == "PR"
    with pytest.raises(InputError, match="dates do not increase; use select_records first"):
        compute_best_response(rows, START, 42, False)
    with pytest.raises(InputError, match="dates do not increase"):
        compute_best_response([rows[0], rows[0]], START, 42, False)


@pytest.mark.parametrize(("days", "expected"), [(41, "NE"), (42, "SD"), (43, "SD")])
def test_stable_disease_window_is_inclusive(days: int, expected: str):
    records = (Assessment(at(days), "SD", "V1"),)
    found = compute_best_response(records, START, 42, False)
    assert (found.value, found.reason) == (expected, "" if expected == "SD" else "SD_TOO_EARLY")
    assert confirm(list(records)).value == expected


def test_reasons_of_ne():
    # SD too early, else inadequate assessments
    assert confirm(sequence("NE", "NE")).reason == "INADEQUATE_ASSESSMENTS"
    assert confirm([Assessment(at(10), "NE", "V1"), Assessment(at(20), "SD", "V2")]).reason == "SD_TOO_EARLY"
    assert compute_best_response((), START, 42, True) == Best("NE", None, "R-602", "NO_ASSESSMENT")


@pytest.mark.parametrize(("days", "expected"), [(27, "SD"), (28, "PR")])
def test_confirmation_distance_is_inclusive(days: int, expected: str):
    assert confirm(sequence("PR", "PR", step=days)).value == expected


def test_confirmed_response_rests_on_both_records():
    found = confirm(sequence("SD", "PR", "NE", "CR"))
    assert (found.value, found.date, found.rule, found.keys) == ("PR", at(126), "R-604", ("V2", "V4"))
    assert found.key == "V2"
    first = compute_confirmed_response(sequence("SD", "PR", "NE", "CR"), 28, 1, False, "query_only")
    assert (first.value, first.date, first.reason, first.keys) == ("Y", at(126), "PR", ("V2", "V4"))


def test_unconfirmed_cr_without_target_lesions_is_not_sd():
    # SD cannot occur
    rows = sequence("CR", "NE")
    assert confirm(rows, has_target=True).value == "SD"
    assert confirm(rows, has_target=False).value == NON
    early = [Assessment(at(30), "CR", "V1")]
    assert confirm(early, has_target=False).value == "NE"


def test_nothing_confirms_across_progression():
    found = confirm(sequence("PR", "PD", "PR"))
    assert (found.value, found.date) == ("SD", at(63))


@pytest.mark.parametrize(
    ("responses", "max_ne", "accept_sd", "expected"),
    [
        (("CR", "NE", "CR"), 1, False, "CR"),
        (("CR", "NE", "NE", "CR"), 1, False, "SD"),
        (("CR", "NE", "NE", "CR"), 2, False, "CR"),
        (("CR", "SD", "CR"), 1, True, "SD"),  # SD never allowed before a CR
        (("PR", "SD", "PR"), 1, False, "SD"),
        (("PR", "SD", "PR"), 1, True, "PR"),
        (("PR", "SD", "SD", "PR"), 1, True, "SD"),
        (("PR", NON, "PR"), 1, True, "SD"),
        (("PR", "ND", "PR"), 1, True, "SD"),
    ],
)
def test_what_may_lie_between(responses: tuple[str, ...], max_ne: int, accept_sd: bool, expected: str):
    assert confirm(sequence(*responses), accept_sd=accept_sd, max_ne=max_ne).value == expected


def test_pr_after_cr_inside_the_window_confirms_nothing():
    # PR day 63, CR day 73, PR day 93: 30 days after the first PR, but after a CR.
    rows = [Assessment(at(63), "PR", "a"), Assessment(at(73), "CR", "b"), Assessment(at(93), "PR", "c")]
    assert confirm(rows).value == "SD"
    # PR then CR then CR: the PR is confirmed by the CR of day 93, the CR of day 73 is not (20 days).
    assert confirm([*rows[:2], Assessment(at(93), "CR", "c")]).keys == ("a", "c")


def test_table_3_keeps_a_confirmed_cr_and_drops_what_follows():
    rows = sequence("CR", "CR", "PR", "CR")
    assert confirm(rows, mode="table3").value == "CR"
    assert [row.response for row in recode_after_cr(rows)] == ["CR", "CR", "PD"]
    assert [row.response for row in recode_after_cr(sequence("CR", "NE", NON))] == ["CR", "NE", "PD"]
    with pytest.raises(InputError, match=r"response\.cr_then_disease: 'other'"):
        confirm(rows, mode="other")


def test_clinical_benefit():
    # cbr.min_days 168 (24 weeks) inclusive; visits at 63, 126, 189 days
    late = compute_clinical_benefit(sequence("SD", "SD", "SD"), START, 168, None)
    assert (late.value, late.date, late.keys) == ("Y", at(189), ("V3",))
    assert compute_clinical_benefit(sequence("SD", "SD", "PD"), START, 168, None).value == "N"
    assert compute_clinical_benefit([Assessment(at(168), "SD", "V")], START, 168, None).value == "Y"
    assert compute_clinical_benefit([Assessment(at(167), "SD", "V")], START, 168, None).value == "N"
    response = compute_confirmed_response(sequence("PR", "PR", "SD"), 28, 1, False, "query_only")
    both = compute_clinical_benefit(sequence("PR", "PR", "SD"), START, 168, response)
    assert (both.value, both.date, both.reason, both.keys) == ("Y", at(63), "CONFIRMED_RESPONSE", ("V1", "V2"))


words = st.sampled_from(["CR", "PR", "SD", NON, "PD", "NE", "ND"])
histories = st.lists(st.tuples(st.integers(1, 400), words), max_size=9).map(
    lambda rows: [Assessment(at(days), word, f"row {n}") for n, (days, word) in enumerate(rows)]
)


@given(histories, st.randoms(use_true_random=False), st.sampled_from(["query_only", "table3"]))
def test_order_of_rows_changes_nothing(rows: list[Assessment], random: object, mode: str):
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert select_records(shuffled, START, None) == select_records(rows, START, None)
    assert confirm(shuffled, mode=mode) == confirm(rows, mode=mode)
    assert check_assessments(shuffled) == check_assessments(rows)


@given(histories, words)
def test_a_later_visit_never_makes_the_best_response_worse(rows: list[Assessment], word: str):
    more = [*rows, Assessment(at(500), word, "later")]
    assert BEST_FIRST.index(confirm(more).value) <= BEST_FIRST.index(confirm(rows).value)


@given(st.text(alphabet="CPSN", max_size=9), st.booleans())
def test_confirmation_is_a_pattern_when_every_visit_is_far_enough(letters: str, accept_sd: bool):
    # 63 days between visits: any later CR or PR is far enough, so that confirmation is a pattern of neighbors.
    responses = {"C": "CR", "P": "PR", "S": "SD", "N": "NE"}
    between = "(N?S?|SN)" if accept_sd else "N?"
    expected = "CR" if re.search("CN?C", letters) else "PR" if re.search(f"P{between}[PC]", letters) else "other"
    found = confirm(sequence(*(responses[letter] for letter in letters)), accept_sd=accept_sd)
    assert (found.value if found.rule in ("R-603", "R-604") else "other") == expected
    assert (found.value in ("CR", "PR")) == (expected != "other")
