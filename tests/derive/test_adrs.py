import pytest

from tests.builders import rows
from tests.derive.cases import TABLES, derive_tumor, responses, scans

SUBJECT = "NCT03709082-01-001"
BASELINE = "0 | 2019-03-05 | TARGET | T1 | 40"
# First dose 15 March 2019; visits 61, 124 and 187 days later.
DAYS = {1: "2019-05-15", 2: "2019-07-17", 3: "2019-09-18", 4: "2019-11-20", 5: "2020-01-22"}


def course(*diameters: str, days: dict[int, str] = DAYS) -> str:
    """Return a TR table: baseline 40 mm, then one diameter (or status word) a visit, no new lesion."""
    lines = [BASELINE]
    for number, diameter in enumerate(diameters, start=1):
        lines += [f"{number} | {days[number]} | TARGET | T1 | {diameter}", f"{number} | | NEW | | N"]
    return scans(*lines)


def derived(tr: str | None = None, values: dict[str, object] | None = None, **tables: str):
    return derive_tumor("adrs", values, **({"tr": tr} if tr else {}), **tables)


def best(found, parameter: str, *columns: str) -> tuple[str, ...]:
    (row,) = rows(found.data[found.data["PARAMCD"].eq(parameter)], *(columns or ("AVALC", "ADT", "REASON", "BASISVIS")))
    return row


def visits(found, *columns: str) -> list[tuple[str, ...]]:
    return rows(found.data[found.data["PARAMCD"].eq("OVRLRESP")], "AVISIT", *columns)


def test_confirmed_partial_response():
    found = derived(course("26", "24", "36"))
    # 26 is -35 %, 24 is -40 %, 36 is +12 mm and +50 % over the nadir.
    assert visits(found, "ADT", "AVALC", "TRGRESP", "TRGRULE", "NTRGRESP", "NEWLES", "RULE", "ANL01FL") == [
        ("TUM1", "2019-05-15", "PR", "PR", "R-527", "NA", "N", "R-541", "Y"),
        ("TUM2", "2019-07-17", "PR", "PR", "R-527", "NA", "N", "R-541", "Y"),
        ("TUM3", "2019-09-18", "PD", "PD", "R-526", "NA", "N", "R-541", "Y"),
    ]
    assert best(found, "BOR") == ("PR", "2019-05-15", "", "TUM1")
    assert best(found, "CBOR") == ("PR", "2019-05-15", "", "TUM1; TUM2")
    assert best(found, "CRSP", "AVALC", "ADT", "ADY") == ("Y", "2019-05-15", "62")
    assert best(found, "CBEN", "AVALC", "REASON") == ("Y", "confirmed response")


def test_unconfirmed_response_is_stable_disease():
    found = derived(course("26", "36"))
    assert best(found, "BOR") == ("PR", "2019-05-15", "", "TUM1")
    assert best(found, "CBOR") == ("SD", "2019-05-15", "PR not confirmed", "TUM1")
    assert best(found, "CRSP", "AVALC", "ADT") == ("N", "")
    assert (best(found, "CBEN", "AVALC"), best(found, "CBENU", "AVALC")) == (("N",), ("Y",))


def test_stable_disease_for_168_days_is_clinical_benefit():
    # 187 days after the first dose (visit 3) is beyond 168; visit 2 (124 days) is not.
    assert best(derived(course("38", "38", "38")), "CBEN", "AVALC", "ADT") == ("Y", "2019-09-18")
    assert best(derived(course("38", "38")), "CBEN", "AVALC", "ADT") == ("N", "")


def test_stable_disease_before_the_minimum_is_not_evaluable():
    early = course("38", days={1: "2019-04-25"})  # 41 days
    assert best(derived(early), "BOR", "AVALC", "REASON") == ("NE", "SD too early")
    assert best(derived(early), "CBOR", "AVALC", "REASON") == ("NE", "SD too early")
    assert best(derived(course("38", days={1: "2019-04-26"})), "CBOR", "AVALC") == ("SD",)  # 42 days
    assert best(derived(course("NOT EVALUATED")), "CBOR", "AVALC", "REASON") == ("NE", "inadequate assessments")


def death(day: str, cause: str) -> dict[str, str]:
    return {"dd": f"USUBJID|DDORIG|DDSEQ|DTHDTC|DTHCAUS\n01-001|EOS|1|{day}|{cause}"}


def left(reason: str) -> dict[str, str]:
    return {"ds": TABLES["ds"] + f"01-001|DISPOSITION EVENT|STUDY|1|2019-05-02|{reason}||||"}


@pytest.mark.parametrize(
    ("tables", "reason"),
    [
        # The first scan window ends on study day 63 + 7 = 70: 23 May 2019.
        (death("2019-05-23", "DISEASE PROGRESSION"), "early death: disease progression"),
        (death("2019-05-23", "ADVERSE EVENT"), "early death: adverse event"),
        (death("2019-05-23", "UNKNOWN"), "early death: other"),
        (death("2019-05-24", "DISEASE PROGRESSION"), "other"),
        (death("", "OTHER"), "early death: other"),  # last known alive on 25 April
        ({**death("2019-05-20", "OTHER"), **left("WITHDRAWAL BY SUBJECT")}, "early death: other"),
        (left("WITHDRAWAL BY SUBJECT"), "withdrawn or lost"),
        (left("LOST TO FOLLOW-UP"), "withdrawn or lost"),
        (left("PHYSICIAN DECISION"), "other"),
    ],
)
def test_reason_of_a_missing_response(tables, reason):
    found = derived(scans(BASELINE), **tables)
    for parameter in ("BOR", "CBOR", "IBOR", "ICBOR"):
        assert best(found, parameter) == ("MISSING", "", reason, "")


@pytest.mark.parametrize(("start", "reason"), [("2023-04-23", "not yet due"), ("2023-04-22", "other")])
def test_assessment_not_yet_due_at_the_cutoff(start, reason):
    # Study day 70 of a first dose on 23 April 2023 is 1 July, the day after the cutoff; of 22 April it is the cutoff.
    ex = f"USUBJID|EXTRT|EXSEQ|EXCAT|EXOCCUR|EXSTDTC|EXENDTC|EXDOSE\n01-001|T-DM1|1|INFUSION|Y|{start}|{start}|230"
    assert best(derived(ex=ex), "CBOR", "AVALC", "REASON") == ("MISSING", reason)


def test_missing_may_count_as_not_evaluable():
    found = derived(scans(BASELINE), {"response_missing_as_ne": True}, **left("LOST TO FOLLOW-UP"))
    assert best(found, "CBOR", "AVALC", "REASON") == ("NE", "withdrawn or lost")


def test_assessment_not_done_counts_as_missing():
    found = derived(scans(BASELINE), rs=responses("1 | 2019-05-15 | | | ND"), **left("LOST TO FOLLOW-UP"))
    assert visits(found, "AVALC", "TRGRESP", "NTRGRESP", "INVRESP", "MATCHFL") == [("TUM1", "ND", "", "", "ND", "Y")]
    assert best(found, "CBOR") == ("MISSING", "2019-05-15", "withdrawn or lost", "TUM1")


def test_therapy_ends_what_counts():
    therapy = "USUBJID|CMSEQ|CMSCAT|CMTRT|CMSTDTC\n01-001|1|SYSTEMIC|A|2019-06-01"
    found = derived(course("26", "24"), cm=therapy)
    assert visits(found, "AVALC", "ANL01FL") == [("TUM1", "PR", "Y"), ("TUM2", "PR", "")]
    assert best(found, "CBOR", "AVALC", "REASON") == ("SD", "PR not confirmed")


def test_source_of_the_analyzed_response():
    given = responses(f"1 | {DAYS[1]} | PR | NA | PR", f"2 | {DAYS[2]} | PR | NA | PR")
    table = course("38", "38")
    derived_first = derived(table, rs=given)
    assert [best(derived_first, name, "AVALC") for name in ("BOR", "CBOR", "IBOR", "ICBOR")] == [
        ("SD",),
        ("SD",),
        ("PR",),
        ("PR",),
    ]
    investigator = derived(table, {"response_source": "investigator"}, rs=given)
    assert [best(investigator, name, "AVALC") for name in ("BOR", "CBOR", "IBOR", "ICBOR")] == [("PR",)] * 4
    assert best(investigator, "CRSP", "AVALC", "ADT") == ("Y", "2019-05-15")
    assert visits(investigator, "AVALC", "INVRESP") == [("TUM1", "SD", "PR"), ("TUM2", "SD", "PR")]  # never overwritten


def test_response_needs_as_many_days_as_the_key_says():
    near = course("26", "24", days={1: "2019-05-15", 2: "2019-06-11"})  # 27 days
    assert best(derived(near), "CBOR", "AVALC") == ("SD",)
    assert best(derived(near, {"response_confirm_days": 27}), "CBOR", "AVALC") == ("PR",)


def test_complete_response_without_target_lesions_is_not_stable_disease():
    lines = (
        "0 | 2019-03-05 | NON-TARGET | NT1 | PRESENT",
        "1 | 2019-05-15 | NON-TARGET | NT1 | ABSENT",
        "1 | | NEW | | N",
    )
    assert best(derived(scans(*lines)), "CBOR", "AVALC", "REASON") == ("NON-CR/NON-PD", "CR not confirmed")
    found = derived(scans(*lines))
    assert visits(found, "TRGRESP", "TRGRULE", "NTRGRESP", "AVALC", "RULE") == [
        ("TUM1", "NA", "R-521", "CR", "CR", "R-542")
    ]


def test_subject_outside_the_full_analysis_set_has_no_best_response():
    untreated = derived(scans(BASELINE), ex=TABLES["ex"].strip().splitlines()[0])
    assert len(untreated.data) == 0


def compared(tr: str, *answers: str) -> list[tuple[str, ...]]:
    return visits(derived(tr, rs=responses(*answers)), "AVALC", "INVRESP", "MATCHFL", "MATCHCLS")


def test_class_of_the_mismatch():
    slow = course("24", "29")  # 29 is +5 mm and +20.8 % over 24, and -27.5 % against baseline
    first = f"1 | {DAYS[1]} | PR | NA | PR"
    agreed = ("TUM1", "PR", "PR", "Y", "")
    assert compared(slow, first, f"2 | {DAYS[2]} | PD | NA | PD") == [agreed, ("TUM2", "PD", "PD", "Y", "")]
    assert compared(slow, first, f"2 | {DAYS[2]} | SD | NA | SD") == [agreed, ("TUM2", "PD", "SD", "N", "nadir")]
    assert compared(slow, first) == [agreed, ("TUM2", "PD", "", "", "no investigator response")]
    assert compared(course("24", "52"), first, f"2 | {DAYS[2]} | SD | NA | SD")[1][3:] == ("N", "target response")
    unseen = course("NOT EVALUATED")
    assert compared(unseen, first) == [("TUM1", "NE", "PR", "N", "missing assessment")]
    new = scans(BASELINE, f"1 | {DAYS[1]} | TARGET | T1 | 38", f"1 | {DAYS[1]} | NEW | N1 | Y | UNEQUIVOCAL")
    assert compared(new, f"1 | {DAYS[1]} | SD | NA | SD") == [("TUM1", "PD", "SD", "N", "new lesion")]
    silent = scans(BASELINE, f"1 | {DAYS[1]} | TARGET | T1 | 38")
    assert compared(silent, f"1 | {DAYS[1]} | SD | NA | SD") == [("TUM1", "NE", "SD", "N", "new lesions not answered")]
    parts = course("38")
    assert compared(parts, f"1 | {DAYS[1]} | SD | NA | PR") == [
        ("TUM1", "SD", "PR", "N", "overall response of its parts")
    ]


def test_equivocal_lesion_confirmed_later_makes_the_first_visit_progression():
    lines = [
        BASELINE,
        f"1 | {DAYS[1]} | TARGET | T1 | 38",
        f"1 | {DAYS[1]} | NEW | N1 | Y | EQUIVOCAL",
        f"2 | {DAYS[2]} | TARGET | T1 | 38",
        f"2 | {DAYS[2]} | NEW | N1 | Y | UNEQUIVOCAL",
    ]
    given = responses(f"1 | {DAYS[1]} | SD | NA | SD", f"2 | {DAYS[2]} | SD | NA | PD")
    found = derived(scans(*lines), rs=given)
    assert visits(found, "AVALC", "RULE", "REASON", "MATCHCLS") == [
        ("TUM1", "PD", "R-532", "EQUIVOCAL_CONFIRMED", "equivocal new lesion confirmed later"),
        ("TUM2", "PD", "R-541", "NEW_LESION", ""),
    ]
    assert best(found, "CBOR", "AVALC", "BASISVIS") == ("PD", "TUM1")
    # The investigator could not know: the response of that visit agrees with its parts, the later one comes late.
    assert rows(found.queries, "rule", "RAWROW") == [("Q-717", "3")]


def asked(tr: str, *answers: str, **tables: str) -> list[tuple[str, ...]]:
    found = derived(tr, rs=responses(*answers), **tables).queries
    return sorted(rows(found, "rule", "severity", "form", "field", "RAWROW", "value"))


def test_answers_that_follow_recist_raise_nothing():
    given = [f"{n} | {DAYS[n]} | {r} | NA | {r}" for n, r in ((1, "PR"), (2, "PR"), (3, "PD"))]
    assert asked(course("26", "24", "36"), *given) == []


def test_target_response_that_differs_shows_both_and_the_sum():
    found = derived(course("26"), rs=responses(f"1 | {DAYS[1]} | SD | NA | SD")).queries
    message = (
        "Q-706 01-001 rs.target (rs.csv row 2) = 'SD': PR by R-527; sum of diameters 26 mm (measured part 26 mm), "
        "baseline 40 mm, smallest earlier sum 40 mm"
    )
    assert found["message"].tolist() == [message]
    assert found["severity"].tolist() == ["E"]


def test_overall_response_that_does_not_follow_from_its_parts():
    expected = [("Q-707", "E", "rs", "overall", "2", "SD")]
    assert asked(course("26"), f"1 | {DAYS[1]} | PR | NA | SD") == expected
    no_form = scans(BASELINE, f"1 | {DAYS[1]} | TARGET | T1 | 38")
    assert asked(no_form, f"1 | {DAYS[1]} | SD | NA | SD") == expected  # unknown new lesions: NE


def test_progression_without_evidence():
    assert asked(course("38"), f"1 | {DAYS[1]} | PD | NA | PD") == [
        ("Q-706", "E", "rs", "target", "2", "PD"),
        ("Q-708", "E", "rs", "overall", "2", "PD"),
    ]


def test_new_lesion_without_progression():
    lines = (BASELINE, f"1 | {DAYS[1]} | TARGET | T1 | 38", f"1 | {DAYS[1]} | NEW | N1 | Y | UNEQUIVOCAL")
    assert asked(scans(*lines), f"1 | {DAYS[1]} | SD | NA | SD") == [
        ("Q-707", "E", "rs", "overall", "2", "SD"),
        ("Q-708", "E", "nl", "present", "4", "Y"),
    ]
    assert asked(scans(*lines), f"1 | {DAYS[1]} | SD | NA | PD") == []
    assert asked(scans(*lines)) == []  # no response at all is another query


def test_complete_response_with_disease():
    found = asked(course("3"), f"1 | {DAYS[1]} | CR | NA | CR")
    assert ("Q-711", "E", "rs", "target", "2", "CR") in found
    node = ("0 | 2019-03-05 | TARGET | T1 | n:20", f"1 | {DAYS[1]} | TARGET | T1 | n:9.9", "1 | | NEW | | N")
    later = (f"2 | {DAYS[2]} | TARGET | T1 | n:9.9", "2 | | NEW | | N")
    given = [f"{n} | {DAYS[n]} | CR | NA | CR" for n in (1, 2)]
    assert asked(scans(*node, *later), *given) == []


@pytest.mark.parametrize(
    ("diameters", "given", "tables", "expected"),
    [
        (("26", "36"), ("PR", "PD"), {}, [("Q-712", "2", "PR")]),  # not confirmed
        (("26", "36", "26"), ("PR", "PD", "PR"), {}, [("Q-712", "2", "PR"), ("Q-712", "4", "PR")]),
        (
            ("38", "26"),
            ("SD", "PR"),
            {"cm": "USUBJID|CMSEQ|CMSCAT|CMTRT|CMSTDTC\n01-001|1|SYSTEMIC|A|2019-06-01"},
            [("Q-712", "3", "PR")],
        ),
    ],
    ids=["not confirmed", "after progression", "after new therapy"],
)
def test_response_out_of_place(diameters, given, tables, expected):
    answers = [f"{n} | {DAYS[n]} | {answer} | NA | {answer}" for n, answer in enumerate(given, start=1)]
    found = asked(course(*diameters), *answers, **tables)
    assert [(rule, row, value) for rule, _, _, _, row, value in found] == expected


def test_complete_response_followed_by_stable_disease():
    answers = [f"1 | {DAYS[1]} | CR | NA | CR", f"2 | {DAYS[2]} | CR | NA | CR", f"3 | {DAYS[3]} | SD | NA | SD"]
    found = asked(course("ABSENT", "ABSENT", "ABSENT"), *answers)
    assert [row for row in found if row[0] == "Q-713"] == [("Q-713", "W", "rs", "overall", "4", "SD")]


def test_stable_disease_too_early_is_queried():
    early = course("38", days={1: "2019-04-25"})
    assert asked(early, "1 | 2019-04-25 | SD | NA | SD") == [("Q-714", "E", "rs", "overall", "2", "SD")]


def test_progression_stated_after_its_first_evidence():
    answers = [f"1 | {DAYS[1]} | SD | NA | SD", f"2 | {DAYS[2]} | PD | NA | PD"]
    assert asked(course("60", "70"), *answers) == [
        ("Q-706", "E", "rs", "target", "2", "SD"),
        ("Q-717", "W", "rs", "overall", "3", "PD"),
    ]


def test_target_lesions_and_the_answer_not_applicable():
    found = asked(course("38", "38"), f"1 | {DAYS[1]} | NA | NA | NE", f"2 | {DAYS[2]} | NA | NA | NE")
    assert [row for row in found if row[0] in ("Q-706", "Q-719")] == [("Q-719", "E", "rs", "target", "2", "NA")]
    lines = (
        "0 | 2019-03-05 | NON-TARGET | NT1 | PRESENT",
        f"1 | {DAYS[1]} | NON-TARGET | NT1 | PRESENT",
        "1 | | NEW | | N",
    )
    reverse = asked(scans(*lines), f"1 | {DAYS[1]} | SD | NON-CR/NON-PD | SD")
    assert [row for row in reverse if row[0] in ("Q-706", "Q-719")] == [("Q-719", "E", "rs", "target", "2", "SD")]


def test_links_lead_from_best_response_to_visits_and_from_visits_to_records():
    found = derived(course("26", "24"), rs=responses(f"1 | {DAYS[1]} | PR | NA | PR"))
    links = {
        name: rows(found.links[found.links["row"].eq(f"{SUBJECT}|{name}")], "source", "source_row")
        for name in ("CBOR|", "OVRLRESP|TUM1")
    }
    assert links["CBOR|"] == [
        ("adrs", f"{SUBJECT}|OVRLRESP|TUM1"),
        ("adrs", f"{SUBJECT}|OVRLRESP|TUM2"),
        ("adsl", SUBJECT),
    ]
    parts = [("adtr", f"{SUBJECT}|{name}|TUM1|") for name in ("NEWLES", "OVRLRESP", "SUMDIAM")]
    answers = [("rs", f"{SUBJECT}|TUM1|{name}") for name in ("NTRGRESP", "OVRLRESP", "TRGRESP")]
    assert links["OVRLRESP|TUM1"] == parts + answers
