"""What divides subjects into subgroups at baseline: visceral disease, prior pertuzumab, lines of therapy (R-311)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pandas as pd

from crf2csr.derive.rules.assessments import BASELINE
from crf2csr.derive.rules.records import doubts, first_rows, together
from crf2csr.results import QUERY_COLUMNS

PRIOR, SYSTEMIC, METASTATIC, PERTUZUMAB = "PRIOR CANCER THERAPY", "SYSTEMIC", "METASTATIC", "PERTUZUMAB"
#: Agent texts that name pertuzumab: the substance, and the trade names of it alone and together with trastuzumab.
NAMES = ("PERTUZUMAB", "PERJETA", "PHESGO")
#: Classes under which a combination that holds pertuzumab may be recorded.
COMBINED = ("TRASTUZUMAB", "OTHER ANTI-HER2")
#: Organs and sites of metastasis that are not visceral; a name in neither list leaves the answer open.
NOT_VISCERAL = ("BONE", "LYMPH NODE", "BREAST", "CHEST WALL", "SKIN", "SKIN OR CHEST WALL", "SOFT TISSUE")
#: Sites that the disease history asks for by name: a lesion there must be ticked.
TICKED = ("BRAIN", "LIVER", "LUNG")
#: Groups of the number of prior lines in the metastatic setting, each from its first number on.
LINE_GROUPS = {0: "0-1", 2: "2", 3: ">=3"}


def baseline_lesions(tr: pd.DataFrame, visits: pd.DataFrame) -> pd.DataFrame:
    """Return the target and non-target lesions present at baseline, with ORGAN in capitals.

    `visits` as of `derive_tumor_visits`; a non-target lesion recorded as absent is none. R-501.
    """
    base = visits.loc[visits["TIMING"].eq(BASELINE), ["USUBJID", "VISIT"]]
    rows = tr[tr["TRGRPID"].ne("NEW").fillna(False)].merge(base, on=["USUBJID", "VISIT"])
    present = rows[~rows["TRSTRESC"].eq("ABSENT").fillna(False).astype(bool)]
    return present.assign(ORGAN=present["TRLOC"].str.strip().str.upper())


def derive_visceral(
    frame: pd.DataFrame, famh: pd.DataFrame, lesions: pd.DataFrame, organs: Collection[str]
) -> pd.DataFrame:
    """Return the frame (one row a subject) with VISCERAL: visceral disease at baseline, Y, N or missing.

    Y: the disease history names a site of `organs` (`subgroup.visceral_organs`) or a brain metastasis, or a lesion at
    baseline (`baseline_lesions`) lies in one. N: lesions or sites are recorded and all are known not to be visceral;
    lesions stand for a site recorded only as OTHER, because baseline records all disease (RECIST 1.1 section 4.2).
    Anything else is missing, never guessed. R-311 (house rule).
    """
    sites = famh[famh["FATESTCD"].eq("METSITES") & famh["FASTRESC"].notna()].set_index("USUBJID")
    brain = famh[famh["FATESTCD"].eq("BRAINMET") & famh["FASTRESC"].eq("Y").fillna(False)].set_index("USUBJID")
    seen = lesions.groupby("USUBJID")["ORGAN"].agg(lambda found: set(found.fillna("")))
    answers = {
        subject: _visceral(_sites(sites, brain, subject), seen.get(subject, set()), organs) for subject in frame.index
    }
    inside = lesions[lesions["ORGAN"].isin(list(organs))]
    return frame.assign(
        VISCERAL=pd.Series(answers, index=frame.index, dtype="string"),
        **{
            "VISCERAL@famh": sites["ADDRESS"].combine_first(brain["ADDRESS"]).reindex(frame.index),
            "VISCERAL@tr": first_rows(inside, ["TRLNKID"])["ADDRESS"].reindex(frame.index),
        },
    )


def _sites(sites: pd.DataFrame, brain: pd.DataFrame, subject: str) -> set[str]:
    named = set(str(sites.at[subject, "FASTRESC"]).split("; ")) if subject in sites.index else set()
    return named | ({"BRAIN"} if subject in brain.index else set())


def _visceral(sites: set[str], seen: set[str], organs: Collection[str]) -> str | None:
    if (sites | seen) & set(organs):
        return "Y"
    known = seen or sites
    return "N" if known and known <= set(NOT_VISCERAL) and sites <= {*NOT_VISCERAL, "OTHER", "NONE"} else None


def derive_prior_therapy(frame: pd.DataFrame, cm: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with PRIORPER (pertuzumab in any setting), PRLINES and PRLINGR1 (lines in the metastatic
    setting; groups 0-1, 2, >=3) from the prior systemic therapies.

    PRIORPER is Y if class or agent names it; N if there are records and each says what it was. PRLINES is the highest
    line number recorded, 0 if no record is of the metastatic setting; missing if a record leaves open whether it is, or
    its line. A subject without any record has neither. R-311 (house rule).
    """
    rows = _prior_systemic(cm)
    given = rows[rows["NAMED"] | rows["CLASSED"]]
    some = frame.index.isin(rows["USUBJID"])
    unsaid = frame.index.isin(rows.loc[rows["CMCLAS"].isna() & rows["CMTRT"].isna(), "USUBJID"])
    answer = pd.Series(pd.NA, index=frame.index, dtype="string").mask(some & ~unsaid, "N")
    last = first_rows(rows[rows["CMLINE"].notna()], ["CMLINE"], last=True)
    open_ = frame.index.isin(rows.loc[_is_open(rows), "USUBJID"])
    lines = last["CMLINE"].reindex(frame.index).astype("Int64").fillna(0).mask(~some | open_)
    group = pd.Series(pd.NA, index=frame.index, dtype="string")
    for number, label in LINE_GROUPS.items():
        group = group.mask(lines.ge(number).fillna(False).astype(bool), label)
    return frame.assign(
        PRIORPER=answer.mask(frame.index.isin(given["USUBJID"]), "Y"),
        PRLINES=lines,
        PRLINGR1=group,
        **{
            "PRIORPER@cm": first_rows(given, ["CMSEQ"])["ADDRESS"].reindex(frame.index),
            "PRLINES@cm": last["ADDRESS"].reindex(frame.index).where(lines.notna()),
        },
    )


def _prior_systemic(cm: pd.DataFrame) -> pd.DataFrame:
    """Return the prior systemic therapies, with whether agent (NAMED) and class (CLASSED) name pertuzumab."""
    rows = cm[cm["CMCAT"].eq(PRIOR) & cm["CMSCAT"].eq(SYSTEMIC).fillna(False)]
    named = rows["CMTRT"].str.upper().str.contains("|".join(NAMES), regex=True).fillna(False).astype(bool)
    return rows.assign(NAMED=named, CLASSED=rows["CMCLAS"].eq(PERTUZUMAB).fillna(False).astype(bool))


def _is_open(rows: pd.DataFrame) -> pd.Series:
    """Tell which records lack the line that they need: of the metastatic setting, or of no recorded setting."""
    metastatic = rows["CMSETTING"].eq(METASTATIC).fillna(True).astype(bool)
    return metastatic & rows["CMLINE"].isna()


def check_subgroups(frame: pd.DataFrame, cm: pd.DataFrame, famh: pd.DataFrame, lesions: pd.DataFrame) -> pd.DataFrame:
    """Yield Q-310 (W) for prior therapies whose line or agent is not clear, and Q-311 (W) for a lesion at baseline in
    an organ that the disease history asks for and does not name; enrolled subjects only."""
    enrolled = frame.index[frame["ENRLFL"].eq("Y")]
    rows = _prior_systemic(cm[cm["USUBJID"].isin(enrolled)])
    found = [doubts(part, "cm", variable, "Q-310", "W", text) for part, variable, text in _unclear(rows)]
    return together([*found, _unnamed(lesions[lesions["USUBJID"].isin(enrolled)], famh)], QUERY_COLUMNS)


def _unclear(rows: pd.DataFrame) -> Iterator[tuple[pd.DataFrame, str, str]]:
    metastatic = rows["CMSETTING"].eq(METASTATIC).fillna(False).astype(bool)
    yield rows[_is_open(rows) & metastatic], "CMLINE", "therapy of the metastatic setting without a line"
    yield rows[rows["CMSETTING"].isna()], "CMSETTING", "setting of prior therapy missing"
    other = ~metastatic & rows["CMSETTING"].notna() & rows["CMLINE"].notna()
    yield rows[other], "CMLINE", "line of the metastatic setting for a therapy of another setting"
    have = set(zip(rows["USUBJID"], rows["CMLINE"], strict=True))
    before = zip(rows["USUBJID"], rows["CMLINE"] - 1, strict=True)
    skipped = [not pd.isna(line) and line > 0 and (subject, line) not in have for subject, line in before]
    yield rows[skipped], "CMLINE", "no therapy is recorded for the line before it; the highest line is counted"
    known = rows["CMCLAS"].notna() & rows["CMTRT"].notna()
    wrong = (rows["CLASSED"] & ~rows["NAMED"]) | (rows["NAMED"] & ~rows["CLASSED"] & ~rows["CMCLAS"].isin(COMBINED))
    yield rows[known & wrong], "CMTRT", "class and agent disagree on pertuzumab; either counts"


def _unnamed(lesions: pd.DataFrame, famh: pd.DataFrame) -> pd.DataFrame:
    answers = famh[famh["FATESTCD"].eq("METSITES") & famh["FASTRESC"].notna()]
    sites = dict(zip(answers["USUBJID"], answers["FASTRESC"].astype(str).str.split("; "), strict=True))
    pairs = zip(lesions["USUBJID"], lesions["ORGAN"], strict=True)
    missing = [subject in sites and organ in TICKED and organ not in sites[subject] for subject, organ in pairs]
    text = "lesion at baseline in an organ that the metastatic sites of the disease history do not name"
    return doubts(lesions[missing], "tr", "TRLOC", "Q-311", "W", text)
