"""Subgroup variables of ADSL: literal prior therapies, disease history and baseline lesions; answers by hand."""

import pandas as pd
import pytest

from tests.builders import rows
from tests.derive.cases import derive_all, domains, one, scans

CM = "USUBJID|CMCAT|CMSCAT|CMSEQ|CMCLAS|CMTRT|CMSETTING|CMLINE"
FAMH = "USUBJID|FATESTCD|FASTRESC"
TR = "USUBJID|TRGRPID|VISIT|VISITNUM|TRLNKID|TRTESTCD|TRDTC|TRSTRESC|TRSTRESN|TRLOC"


def prior(*lines: str) -> str:
    """Return CM of subject 01-001 from lines `class | agent | setting | line`; systemic therapies before the study."""
    head = "01-001|PRIOR CANCER THERAPY|SYSTEMIC"
    return "\n".join([CM, *(f"{head}|{place}|{line}" for place, line in enumerate(lines, start=1))])


def history(sites: str = "", brain: str = "") -> str:
    return "\n".join([FAMH, f"01-001|METSITES|{sites}", f"01-001|BRAINMET|{brain}"])


def lesions(*organs: str, state: str = "PRESENT") -> str:
    """Return TR of subject 01-001 with a non-target lesion in each organ at screening (day 14 of March 2019)."""
    lines = [
        f"01-001|NON-TARGET|SCREENING|0|NT{place}|TUMSTATE|2019-03-14|{state}||{organ}"
        for place, organ in enumerate(organs, start=1)
    ]
    return "\n".join([TR, *lines])


def derived(**tables: str):
    return derive_all(domains(**tables), last="adsl")["adsl"]


def answer(variable: str, **tables: str) -> str:
    return one(derived(**tables).data)[variable]


def queries(rule: str, **tables: str) -> list[tuple[str, ...]]:
    found = derived(**tables).queries
    return rows(found[found["rule"].eq(rule)], "severity", "subject", "form", "field", "value")


def links(variable: str, **tables: str) -> list[tuple[str, ...]]:
    found = derived(**tables).links
    return rows(found[found["variable"].eq(variable)], "source", "source_row")


@pytest.mark.parametrize(
    ("sites", "brain", "organs", "expected"),
    [
        ("BONE; LIVER", "N", (), "Y"),
        ("BONE; LYMPH NODE", "N", (), "N"),
        ("BONE", "Y", (), "Y"),  # the brain is asked for twice
        ("BONE; OTHER", "N", (), ""),  # another site may be visceral: not known
        ("BONE; OTHER", "N", ("Pleura",), "Y"),
        ("BONE; OTHER", "N", ("Bone",), "N"),  # baseline records all disease
        ("", "", (), ""),
        ("", "N", ("Lymph node", "Skin"), "N"),
        ("", "N", ("Lymph node", "Thymus"), ""),  # in neither list of organs
        ("", "N", ("Lymph node", ""), ""),
        ("BONE", "N", ("Liver",), "Y"),
        ("NONE", "N", (), ""),
        ("BONE; NONE", "N", ("Bone",), "N"),
        ("MEDIASTINUM", "N", ("Bone",), ""),
    ],
)
def test_visceral_disease_is_known_or_missing(sites, brain, organs, expected):
    assert answer("VISCERAL", famh=history(sites, brain), tr=lesions(*organs)) == expected


def test_lesions_after_baseline_new_or_absent_ones_are_not_at_baseline():
    later = scans("0|2019-03-14|NON-TARGET|NT1|PRESENT", "1|2019-05-17|NEW|NL1|Y|UNEQUIVOCAL")
    table = [line + "|" + organ for line, organ in zip(later.splitlines(), ("TRLOC", "Bone", "Liver"), strict=True)]
    assert answer("VISCERAL", tr="\n".join(table)) == "N"
    assert answer("VISCERAL", famh=history("BONE", "N"), tr=lesions("Liver", state="ABSENT")) == "N"


def test_the_organs_are_a_setting():
    tables = {"famh": history("BONE; LUNG", "N")}
    found = derive_all(domains(**tables), last="adsl", subgroup_visceral_organs=("LIVER",))["adsl"]
    assert one(found.data)["VISCERAL"] == ""  # the lung is in neither list then


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((), ""),  # no record of prior therapy: not known
        (("TAXANE|Docetaxel|ADJUVANT|",), "N"),
        (("TAXANE|Docetaxel|ADJUVANT|", "PERTUZUMAB|Pertuzumab|NEOADJUVANT|"), "Y"),  # any setting
        (("TRASTUZUMAB|Phesgo (s.c.)|METASTATIC|1",), "Y"),
        (("|pertuzumab|METASTATIC|1",), "Y"),
        (("TRASTUZUMAB||METASTATIC|1",), "N"),
        (("||METASTATIC|1",), ""),  # neither class nor agent: it may have been
        (("||METASTATIC|1", "PERTUZUMAB||METASTATIC|1"), "Y"),
    ],
)
def test_prior_pertuzumab(lines, expected):
    assert answer("PRIORPER", cm=prior(*lines)) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((), ("", "")),
        (("TAXANE|Docetaxel|ADJUVANT|",), ("0", "0-1")),
        (("TAXANE|Docetaxel|METASTATIC|1", "SERM|Tamoxifen|METASTATIC|1"), ("1", "0-1")),
        (("TAXANE|Docetaxel|METASTATIC|1", "SERM|Tamoxifen|METASTATIC|2"), ("2", "2")),
        (("TAXANE|Docetaxel|METASTATIC|3", "SERM|Tamoxifen|METASTATIC|1"), ("3", ">=3")),  # the highest, and a doubt
        (("TAXANE|Docetaxel|METASTATIC|4",), ("4", ">=3")),
        (("TAXANE|Docetaxel|METASTATIC|1", "SERM|Tamoxifen|METASTATIC|"), ("", "")),  # it may be a second line
        (("TAXANE|Docetaxel|METASTATIC|1", "SERM|Tamoxifen||"), ("", "")),  # its setting is not known
        (("TAXANE|Docetaxel||2",), ("2", "2")),
    ],
)
def test_prior_lines_in_the_metastatic_setting(lines, expected):
    row = one(derived(cm=prior(*lines)).data)
    assert (row["PRLINES"], row["PRLINGR1"]) == expected


def test_only_prior_systemic_therapy_counts():
    local = CM + "\n01-001|PRIOR CANCER THERAPY|RADIOTHERAPY|1||bone 8 Gy|METASTATIC|1"
    on_study = CM + "\n01-001|ON-STUDY CANCER THERAPY|SYSTEMIC|1|PERTUZUMAB|Pertuzumab|METASTATIC|1"
    assert [answer(name, cm=table) for table in (local, on_study) for name in ("PRIORPER", "PRLINES")] == [""] * 4


def test_links_lead_to_the_records_behind():
    cm = prior("TAXANE|Docetaxel|METASTATIC|1", "PERTUZUMAB|Pertuzumab|METASTATIC|2")
    subject = "NCT03709082-01-001"
    assert links("PRIORPER", cm=cm) == [("cm", f"{subject}|PRIOR CANCER THERAPY|2")]
    assert links("PRLINES", cm=cm) == [("cm", f"{subject}|PRIOR CANCER THERAPY|2")]
    assert links("PRLINES", cm=prior("TAXANE|Docetaxel|METASTATIC|")) == []
    found = links("VISCERAL", famh=history("BONE; LIVER", "N"), tr=lesions("Bone", "Liver"))
    assert found == [
        ("famh", f"{subject}|METSITES"),
        ("tr", f"{subject}|NON-TARGET|SCREENING|NT2|TUMSTATE"),
    ]
    assert links("VISCERAL", famh=f"{FAMH}\n01-001|BRAINMET|Y") == [("famh", f"{subject}|BRAINMET")]


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("TAXANE|Docetaxel|METASTATIC|", "line", ""),
        ("TAXANE|Docetaxel||1", "setting", ""),
        ("TAXANE|Docetaxel|ADJUVANT|1", "line", "1"),
        ("TAXANE|Docetaxel|METASTATIC|2", "line", "2"),  # line 1 is not there
        ("PERTUZUMAB|Trastuzumab|METASTATIC|1", "agent", "Trastuzumab"),
        ("TAXANE|Pertuzumab|METASTATIC|1", "agent", "Pertuzumab"),
    ],
)
def test_unclear_prior_therapy_is_doubted(line, field, value):
    assert queries("Q-310", cm=prior(line)) == [("W", "01-001", "ptx", field, value)]


def test_clear_prior_therapy_is_not_doubted():
    clear = prior("TRASTUZUMAB|Phesgo|METASTATIC|1", "SERM|Tamoxifen|METASTATIC|2", "TAXANE||ADJUVANT|")
    assert queries("Q-310", cm=clear) == []
    screened = "USUBJID|DSCAT|DSSCAT|DSSEQ"
    assert queries("Q-310", cm=prior("TAXANE|Docetaxel|METASTATIC|"), ds=screened) == []


def test_a_lesion_that_the_history_does_not_name_is_doubted():
    asked = queries("Q-311", famh=history("BONE; OTHER", "N"), tr=lesions("Liver", "Pleura", "Bone"))
    assert asked == [("W", "01-001", "ntl", "organ", "Liver")]
    assert queries("Q-311", famh=history("", "N"), tr=lesions("Liver")) == []  # nothing answered: another doubt


def test_the_order_of_the_records_changes_nothing():
    lines = ("TAXANE|Docetaxel|METASTATIC|2", "PERTUZUMAB|Pertuzumab|METASTATIC|1")
    tables = domains(cm=prior(*lines), famh=history("BONE; LIVER", "N"), tr=lesions("Liver", "Lung"))
    shuffled = {name: given.iloc[::-1] for name, given in tables.items()}
    first, second = (derive_all(given, last="adsl")["adsl"] for given in (tables, shuffled))
    pd.testing.assert_frame_equal(first.data, second.data)
    pd.testing.assert_frame_equal(first.links, second.links)
