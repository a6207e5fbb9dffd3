"""What must hold for any tumor data: order and names mean nothing, a later scan changes nothing earlier."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import rows
from tests.derive.cases import TABLES, derive_all, derive_tumor, domains, scans

DIAMETERS = st.sampled_from(
    ["ABSENT", "TOO SMALL TO MEASURE", "NOT EVALUATED", "4", "9.9", "10", "14", "20", "21.21", "30", "45"]
)
NODES = DIAMETERS.map(lambda diameter: f"n:{diameter}")
STATES = st.sampled_from(["PRESENT", "ABSENT", "UNEQUIVOCAL PROGRESSION", "NOT EVALUATED"])
ANSWERS = st.sampled_from(["N", "N", "N", "EQUIVOCAL", "UNEQUIVOCAL", ""])
VISITS = st.lists(st.tuples(DIAMETERS, NODES, STATES, ANSWERS), min_size=0, max_size=5)
FEW = settings(max_examples=6)


def lines_of(visits: list[tuple[str, str, str, str]]) -> list[str]:
    """Return the lines of `scans`: baseline of 30.3 and 18 mm, then a visit every 63 days from 17 May 2019."""
    found = ["0 | 2019-03-05 | TARGET | T1 | 30.3", "0 | 2019-03-05 | TARGET | T2 | n:18"]
    found.append("0 | 2019-03-05 | NON-TARGET | NT1 | PRESENT")
    for number, (first, second, state, answer) in enumerate(visits, start=1):
        day = f"{pd.Timestamp('2019-03-15') + pd.Timedelta(days=63 * number):%Y-%m-%d}"
        found += [f"{number} | {day} | TARGET | T1 | {first}", f"{number} | {day} | TARGET | T2 | {second}"]
        found.append(f"{number} | {day} | NON-TARGET | NT1 | {state}")
        if answer:
            seen = "NEW | | N" if answer == "N" else f"NEW | N1 | Y | {answer}"
            found.append(f"{number} | {day} | {seen}")
    return found


def copied(frames: dict[str, pd.DataFrame], subject: str) -> dict[str, pd.DataFrame]:
    """Return the domains with `subject` in place of 01-001."""
    return {
        name: frame.replace({"01-001": subject, "NCT03709082-01-001": f"NCT03709082-{subject}"})
        for name, frame in frames.items()
    }


def responses_of(visits: list[tuple[str, str, str, str]]) -> pd.DataFrame:
    """Return the data of ADRS."""
    return derive_tumor("adrs", tr=scans(*lines_of(visits))).data


def without_names(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.drop(columns=["USUBJID", "SUBJID"])


@FEW
@given(visits=VISITS, order=st.randoms(use_true_random=False))
def test_order_of_rows_means_nothing(visits, order):
    frames = domains(tr=scans(*lines_of(visits)))
    shuffled = {}
    for name, frame in frames.items():
        places = list(range(len(frame)))
        order.shuffle(places)
        shuffled[name] = frame.iloc[places].reset_index(drop=True)
    first, second = derive_all(frames), derive_all(shuffled)
    for name in ("adsl", "adtr", "adrs"):
        pd.testing.assert_frame_equal(first[name].data, second[name].data)
        pd.testing.assert_frame_equal(first[name].links, second[name].links)
        pd.testing.assert_frame_equal(first[name].queries, second[name].queries)


@FEW
@given(visits=VISITS, other=VISITS)
def test_names_and_other_subjects_mean_nothing(visits, other):
    one, two = (domains(tr=scans(*lines_of(of_one))) for of_one in (visits, other))
    both = {
        name: pd.concat([copied(one, "05-009")[name], copied(two, "01-002")[name]], ignore_index=True) for name in one
    }
    alone, together = derive_all(one), derive_all(both)
    for name in ("adsl", "adtr", "adrs"):
        own = together[name].data[together[name].data["SUBJID"].eq("05-009")].reset_index(drop=True)
        pd.testing.assert_frame_equal(without_names(own), without_names(alone[name].data))


@FEW
@given(visits=VISITS)
def test_every_subject_of_the_full_analysis_set_has_one_best_response(visits):
    found = responses_of(visits)
    for parameter in ("BOR", "CBOR", "CRSP", "CBEN", "CBENU", "IBOR", "ICBOR"):
        assert len(found[found["PARAMCD"].eq(parameter)]) == 1
    (best,) = rows(found[found["PARAMCD"].eq("CBOR")], "AVALC")
    assert best[0] in ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "MISSING")


@FEW
@given(visits=VISITS.filter(lambda visits: len(visits) > 1))
def test_later_scan_changes_no_earlier_visit_but_by_confirming_a_lesion(visits):
    columns = ["AVISIT", "ADT", "AVALC", "TRGRESP", "NTRGRESP", "NEWLES", "TRGRULE", "NTRGRULE", "RULE", "REASON"]
    before, after = responses_of(visits[:-1]), responses_of(visits)
    before, after = (
        frame[frame["PARAMCD"].eq("OVRLRESP")].set_index("AVISIT", drop=False) for frame in (before, after)
    )
    confirmed = after.index[after["RULE"].eq("R-532").fillna(False)]
    kept = before.index.difference(confirmed)
    assert rows(before.loc[kept], *columns) == rows(after.loc[kept], *columns)
    assert set(before.loc[before.index.intersection(confirmed), "NEWLES"]) <= {"N", "Y"}


def test_tables_of_the_cases_are_of_one_subject():
    # `copied` renames one subject only.
    assert all("01-002" not in table for table in TABLES.values())
