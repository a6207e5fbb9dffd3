import pytest

from tests.builders import rows
from tests.derive.cases import derive_all, derive_tumor, domains, responses, scans

BASE = (
    "0 | 2019-03-05 | TARGET | T1 | 40",
    "0 | 2019-03-06 | TARGET | T2 | n:20.5",
    "0 | 2019-03-06 | NON-TARGET | NT1 | PRESENT",
)
SUBJECT = "NCT03709082-01-001"


def derived(*lines: str, **tables: str):
    return derive_tumor("adtr", tr=scans(*lines), **tables)


def of(frame, parameter: str, *columns: str) -> list[tuple[str, ...]]:
    return rows(frame[frame["PARAMCD"].eq(parameter)], *columns)


def test_sum_of_diameters_at_baseline_and_later():
    frame = derived(
        *BASE,
        "1 | 2019-05-15 | TARGET | T1 | 30",
        "1 | 2019-05-16 | TARGET | T2 | n:18",
        "1 | 2019-05-16 | NON-TARGET | NT1 | PRESENT",
        "1 | | NEW | | N",
        "2 | 2019-07-15 | TARGET | T1 | 36.3",
        "2 | 2019-07-15 | TARGET | T2 | n:NOT EVALUATED",
    ).data
    columns = (
        "AVISIT",
        "ADT",
        "AVAL",
        "BASE",
        "NADIR",
        "NADIRVIS",
        "SUBSUM",
        "MISSLES",
        "RESP",
        "RULE",
        "ABLFL",
        "ANL01FL",
    )
    # 40 + 20.5 = 60.5; 30 + 18 = 48 is -20.7 %; the second visit is incomplete and 36.3 is below the nadir of 48.
    assert of(frame, "SUMDIAM", *columns) == [
        ("SCREENING", "2019-03-06", "60.5", "60.5", "", "", "60.5", "", "", "", "Y", "Y"),
        ("TUM1", "2019-05-16", "48.0", "60.5", "60.5", "SCREENING", "48.0", "", "SD", "R-528", "", "Y"),
        ("TUM2", "2019-07-15", "", "60.5", "48.0", "TUM1", "36.3", "T2", "NE", "R-523", "", "Y"),
    ]
    changes = frame[frame["PARAMCD"].eq("SUMDIAM")].set_index("AVISIT")
    assert changes.at["TUM1", "PCHG"] == pytest.approx(100 * (48 - 60.5) / 60.5)
    assert changes.at["TUM1", "CHGNAD"] == 48 - 60.5
    assert changes.loc["TUM2", ["PCHG", "PCHGNAD", "CHGNAD"]].isna().all()


def test_exact_thirty_percent_is_partial_response_in_decimals():
    # 30.3 to 21.21 mm is exactly -30 % (R-101); in binary floats 21.21 > 0.7 * 30.3.
    frame = derived("0 | 2019-03-05 | TARGET | T1 | 30.3", "1 | 2019-05-15 | TARGET | T1 | 21.21").data
    assert of(frame, "SUMDIAM", "AVISIT", "RESP", "PCHG") == [("SCREENING", "", ""), ("TUM1", "PR", "-30.0")]


def test_lesion_rows_keep_what_was_recorded_and_what_was_used():
    frame = derived(
        *BASE[:2],
        "0 | 2019-03-05 | TARGET | T3 | 16",
        "1 | 2019-05-15 | TARGET | T1 | SPLIT",
        "1 | 2019-05-15 | TARGET | T1A | 14.5 | T1",
        "1 | 2019-05-15 | TARGET | T1B | 12 | T1",
        "1 | 2019-05-16 | TARGET | T2 | n:TOO SMALL TO MEASURE",
        "1 | 2019-05-16 | TARGET | T3 | MERGED | T2",
        "1 | 2019-05-16 | NEW | N1 | Y | EQUIVOCAL",
    ).data
    columns = ("LESIONID", "ADT", "AVAL", "AVALC", "CRIT1")
    later = frame[frame["AVISIT"].eq("TUM1")]
    assert of(later, "LDIAM", *columns) == [
        ("T1", "2019-05-15", "", "SPLIT", "split: fragments add up"),
        ("T1A", "2019-05-15", "14.5", "14.5", "fragment of T1"),
        ("T1B", "2019-05-15", "12.0", "12", "fragment of T1"),
        ("T3", "2019-05-16", "0.0", "MERGED", "merged into T2"),
    ]
    assert of(later, "LPERP", *columns) == [
        ("T2", "2019-05-16", "5.0", "TOO SMALL TO MEASURE", "too small to measure: 5 mm")
    ]
    assert of(later, "SUMDIAM", "AVAL") == [("31.5",)]  # 14.5 + 12 + 5 + 0
    assert of(later, "NEWLES", "LESIONID", "AVALC", "CRIT1") == [("", "N", ""), ("N1", "Y", "EQUIVOCAL")]


def test_locally_treated_lesion_is_not_evaluated_from_that_day():
    radiotherapy = "USUBJID|PRSEQ|PRSCAT|PRTRT|PRSTDTC|PRLESION\n01-001|3|RADIOTHERAPY|C|2019-05-15|T1; T9"
    found = derived(
        *BASE[:2], "1 | 2019-05-15 | TARGET | T1 | 12", "1 | 2019-05-16 | TARGET | T2 | n:18", pr=radiotherapy
    )
    later = found.data[found.data["AVISIT"].eq("TUM1")]
    assert of(later, "LDIAM", "AVAL", "AVALC", "CRIT1") == [("", "12", "treated locally on 2019-05-15: not evaluated")]
    assert of(later, "SUMDIAM", "AVAL", "SUBSUM", "MISSLES", "RESP") == [("", "18.0", "T1", "NE")]
    links = found.links[found.links["source"].eq("pr")]
    assert rows(links, "row", "variable", "source_row") == [
        (f"{SUBJECT}|LDIAM|TUM1|T1", "AVAL", f"{SUBJECT}|ON-STUDY CANCER THERAPY|3")
    ]
    later_day = radiotherapy.replace("2019-05-15", "2019-05-16")
    after = derived(*BASE[:2], "1 | 2019-05-15 | TARGET | T1 | 12", "1 | 2019-05-16 | TARGET | T2 | n:18", pr=later_day)
    assert of(after.data, "SUMDIAM", "AVISIT", "AVAL") == [("SCREENING", "60.5"), ("TUM1", "30.0")]


def test_treatment_before_the_baseline_scan_changes_nothing():
    earlier = "USUBJID|PRSEQ|PRSCAT|PRTRT|PRSTDTC|PRLESION\n01-001|3|RADIOTHERAPY|C|2019-03-05|T1"
    frame = derived(BASE[0], "1 | 2019-05-15 | TARGET | T1 | 12", pr=earlier).data
    assert of(frame, "SUMDIAM", "AVISIT", "AVAL") == [("SCREENING", "40.0"), ("TUM1", "12.0")]


def test_rows_of_a_visit_bear_the_date_of_its_response():
    # PD by a new lesion seen on the first of three days: all rows of the visit are dated there, lesions keep their
    # scans.
    frame = derived(
        *BASE,
        "1 | 2019-05-15 | TARGET | T1 | 40",
        "1 | 2019-05-17 | TARGET | T2 | n:20.5",
        "1 | 2019-05-16 | NON-TARGET | NT1 | PRESENT",
        "1 | 2019-05-14 | NEW | N1 | Y | UNEQUIVOCAL",
    ).data
    visit = frame[frame["AVISIT"].eq("TUM1") & frame["LESIONID"].isna() & frame["PARAMCD"].ne("BPCHG")]
    assert rows(visit, "PARAMCD", "ADT", "ADY", "RESP", "RULE", "REASON") == [
        ("NEWLES", "2019-05-14", "61", "Y", "R-532", ""),
        ("NTSTATE", "2019-05-14", "61", "NON-CR/NON-PD", "R-531", ""),
        ("OVRLRESP", "2019-05-14", "61", "PD", "R-541", "NEW_LESION"),
        ("SUMDIAM", "2019-05-14", "61", "SD", "R-528", ""),
    ]
    assert of(frame, "LPERP", "AVISIT", "ADT") == [("SCREENING", "2019-03-06"), ("TUM1", "2019-05-17")]


def test_non_measurable_subject_has_no_sums():
    frame = derived(BASE[2], "1 | 2019-05-16 | NON-TARGET | NT1 | ABSENT", "1 | | NEW | | N").data
    assert rows(frame, "PARAMCD", "LESIONID", "AVISIT", "AVALC") == [
        ("NEWLES", "", "TUM1", "N"),
        ("NTSTATE", "NT1", "SCREENING", "PRESENT"),
        ("NTSTATE", "", "TUM1", "CR"),
        ("NTSTATE", "NT1", "TUM1", "ABSENT"),
        ("OVRLRESP", "", "TUM1", "CR"),
    ]


def test_visits_after_progression_and_new_therapy_are_kept_and_not_used():
    visits = [
        f"{n} | 2019-{month} | TARGET | T1 | {mm}"
        for n, month, mm in ((1, "05-15", 30), (2, "07-15", 50), (3, "09-15", 20))
    ]
    flagged = [("SCREENING", "Y"), ("TUM1", "Y"), ("TUM2", "Y"), ("TUM3", "")]
    # 50 mm is +20 mm over the nadir of 30 mm: PD at TUM2.
    assert of(derived(BASE[0], *visits).data, "LDIAM", "AVISIT", "ANL01FL") == flagged
    therapy = "USUBJID|CMSEQ|CMSCAT|CMTRT|CMSTDTC\n01-001|1|SYSTEMIC|A|2019-05-15"
    used = of(derived(BASE[0], *visits, cm=therapy).data, "OVRLRESP", "AVISIT", "ANL01FL")
    assert used == [("TUM1", "Y"), ("TUM2", ""), ("TUM3", "")]  # a scan on the day of the therapy precedes it


def test_best_change_is_the_smallest_up_to_the_first_progression():
    visits = [
        "1 | 2019-05-15 | TARGET | T1 | 32",
        "2 | 2019-07-15 | TARGET | T1 | 26",
        "3 | 2019-09-15 | TARGET | T1 | 40",
    ]
    columns = ("AVISIT", "AVAL", "AVALCAT1", "BASE")
    assert of(derived(BASE[0], *visits).data, "BPCHG", *columns) == [("TUM2", "-35.0", "<= -30", "40.0")]
    # PD at the first scan, 40 to 60 mm: +50 % (decision 0005); what follows it does not count.
    first = ("1 | 2019-05-15 | TARGET | T1 | 60", "2 | 2019-07-15 | TARGET | T1 | 20")
    assert of(derived(BASE[0], *first).data, "BPCHG", *columns) == [("TUM1", "50.0", ">= 20", "40.0")]
    alone = derived(BASE[0], "1 | 2019-05-15 | TARGET | T1 | NOT EVALUATED", "2 | 2019-07-15 | TARGET | T1 | 28").data
    assert of(alone, "BPCHG", *columns) == [("TUM2", "-30.0", "<= -30", "40.0")]


def test_scan_after_the_cutoff_is_kept_and_not_used():
    head = "USUBJID|EXTRT|EXSEQ|EXCAT|EXOCCUR|EXSTDTC|EXENDTC|EXDOSE\n"
    start = {"ex": head + "01-001|T-DM1|1|INFUSION|Y|2023-03-15|2023-03-15|230"}
    lines = ("0 | 2023-03-05 | TARGET | T1 | 40", "1 | 2023-05-15 | TARGET | T1 | 30", "1 | | NEW | | N")
    late = ("2 | 2023-07-02 | TARGET | T1 | 60", "2 | 2023-07-02 | NEW | N1 | Y | UNEQUIVOCAL", "2 | | NEW | | N")
    answers = responses("2 | | PD | NA | PD")
    found = derived(*lines, *late, rs=answers, **start)
    assert of(found.data, "OVRLRESP", "AVISIT", "AVALC") == [("TUM1", "SD")]
    kept = found.data[found.data["AVISIT"].eq("TUM2")]
    assert rows(kept, "PARAMCD", "LESIONID", "AVALC", "ANL01FL", "CRIT1") == [
        ("LDIAM", "T1", "60", "", "after the data cutoff"),
        ("NEWLES", "N1", "Y", "", "after the data cutoff"),
    ]
    # Every record of that visit is reported, also those whose own date is blank.
    assert rows(found.queries, "rule", "severity", "form", "RAWROW") == [
        ("Q-1101", "I", "nl", "6"),
        ("Q-1101", "I", "nl", "7"),
        ("Q-1101", "I", "rs", "2"),
        ("Q-1101", "I", "tl", "5"),
    ]


def test_visit_that_was_not_done_and_visit_without_records():
    answers = responses("1 | 2019-05-16 | | | ND", "2 | 2019-07-16 | SD | NA | SD")
    frame = derived(BASE[0], rs=answers).data
    # Not done: ND. A response without any tumor record cannot be derived: NE.
    columns = ("AVISIT", "ADT", "AVALC", "RULE")
    assert of(frame, "OVRLRESP", *columns) == [
        ("TUM1", "2019-05-16", "ND", "R-605"),
        ("TUM2", "2019-07-16", "NE", "R-541"),
    ]


def test_disease_back_after_complete_response_is_queried():
    found = derived(
        BASE[0],
        "1 | 2019-05-15 | TARGET | T1 | ABSENT",
        "1 | | NEW | | N",
        "2 | 2019-07-15 | TARGET | T1 | 6",
        "2 | | NEW | | N",
    )
    assert of(found.data, "OVRLRESP", "AVISIT", "AVALC", "REASON") == [
        ("TUM1", "CR", ""),
        ("TUM2", "PD", "REAPPEAR_AFTER_CR"),
    ]
    assert rows(found.queries, "rule", "severity", "form", "field", "RAWROW", "value") == [
        ("Q-713", "W", "tl", "diameter", "5", "6")
    ]


def test_new_lesion_dated_to_an_earlier_visit_is_queried():
    lines = ("1 | 2019-05-15 | TARGET | T1 | 40", "1 | | NEW | | N", "2 | 2019-07-15 | TARGET | T1 | 40")
    found = derived(BASE[0], *lines, "2 | 2019-05-15 | NEW | N1 | Y | UNEQUIVOCAL")
    # The first visit stays; the second is dated at its own first scan, for only a confirmed lesion dates back.
    assert of(found.data, "OVRLRESP", "AVISIT", "AVALC", "ADT") == [
        ("TUM1", "SD", "2019-05-15"),
        ("TUM2", "PD", "2019-07-15"),
    ]
    assert rows(found.queries, "rule", "severity", "form", "field", "RAWROW", "value") == [
        ("Q-717", "W", "nl", "dtc", "6", "2019-05-15")
    ]


def test_links_lead_from_a_sum_to_its_lesions_and_its_references():
    found = derived(
        *BASE, "1 | 2019-05-15 | TARGET | T1 | 30", "1 | 2019-05-15 | TARGET | T2 | n:18", "1 | | NEW | | N"
    )
    links = found.links[found.links["row"].eq(f"{SUBJECT}|SUMDIAM|TUM1|")]
    assert rows(links, "variable", "source", "source_row") == [
        ("", "adtr", f"{SUBJECT}|LDIAM|TUM1|T1"),
        ("", "adtr", f"{SUBJECT}|LPERP|TUM1|T2"),
        ("BASE", "adtr", f"{SUBJECT}|SUMDIAM|SCREENING|"),
        ("NADIR", "adtr", f"{SUBJECT}|SUMDIAM|SCREENING|"),
    ]
    answer = found.links[found.links["row"].eq(f"{SUBJECT}|NEWLES|TUM1|")]
    assert rows(answer, "source", "source_row") == [("tr", f"{SUBJECT}|NEW|TUM1||NEWLES")]


def test_study_without_tumor_data():
    derived_all = derive_all(domains(), last="adtr")
    assert len(derived_all["adtr"].data) == 0
    assert len(derived_all["adtr"].links) == 0


def test_a_record_of_an_unknown_visit_is_listed_and_not_judged():
    """A visit label that nobody knows is Q-120; the scan belongs to no visit, so no sum and no response rests on it."""
    known = (BASE[0], "1 | 2019-05-15 | TARGET | T1 | 32", "2 | 2019-07-15 | TARGET | T1 | 20")
    frame = derive_tumor("adtr", tr=scans(*known).replace("TUM2", "")).data
    assert of(frame, "SUMDIAM", "AVISIT", "AVAL") == [("SCREENING", "40.0"), ("TUM1", "32.0")]


def counted_from(*lines: str) -> list[tuple[str, ...]]:
    """Return visit, lesion and the visit that it counts from, of each row of a new lesion."""
    frame = derived("0|2019-03-10|TARGET|T1|50", *lines).data
    return rows(frame[frame["PARAMCD"].eq("NEWLES") & frame["LESIONID"].notna()], "AVISIT", "LESIONID", "NEWVIS")


def test_a_new_lesion_counts_from_its_first_sighting_once_it_is_unequivocal():
    equivocal = "1|2019-05-14|NEW|N1|Y|EQUIVOCAL"
    assert counted_from(equivocal, "2|2019-07-16|NEW|N1|Y|UNEQUIVOCAL") == [
        ("TUM1", "N1", "TUM1"),
        ("TUM2", "N1", "TUM1"),
    ]
    assert counted_from(equivocal, "2|2019-07-16|NEW|N1|Y|EQUIVOCAL") == [("TUM1", "N1", ""), ("TUM2", "N1", "")]
    assert counted_from(equivocal, "2|2019-07-16|NEW|N2|Y|UNEQUIVOCAL") == [("TUM1", "N1", ""), ("TUM2", "N2", "TUM2")]
