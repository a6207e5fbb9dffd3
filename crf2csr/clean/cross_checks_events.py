"""Cross checks of adverse events (Q-500), death and survival contacts (Q-600), follow-up therapy (Q-1110)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from crf2csr.clean.cross_check_tools import (
    DRUGS,
    ON_STUDY,
    acted_on,
    among,
    before,
    by_subject,
    death_dates,
    differ,
    doubt,
    ends_of_study,
    ends_of_treatment,
    first_dose,
    found,
    given,
    of_subject,
    true,
)

CRITERIA = ["AESDTH", "AESLIFE", "AESHOSP", "AESDISAB", "AESCONG", "AESMIE"]
RESOLVED = ["RECOVERED/RESOLVED", "RECOVERED/RESOLVED WITH SEQUELAE"]
#: Domain, dated variable: what cannot happen after death (Q-611).
IN_LIFE = {
    "ae": "AESTDTC",
    "ex": "EXSTDTC",
    "pc": "PCDTC",
    "tr": "TRDTC",
    "rs": "RSDTC",
    "cm": "CMSTDTC",
    "pr": "PRSTDTC",
    "mh": "MHSTDTC",
    "vs": "VSDTC",
    "pe": "PEDTC",
    "lb": "LBDTC",
    "eg": "EGDTC",
    "cv": "CVDTC",
    "qs": "QSDTC",
}


def uncoded_terms(ae: pd.DataFrame) -> pd.DataFrame:
    """Q-115: an adverse event without preferred term or system organ class; W until the lock, which refuses it."""
    uncoded = ae["AEDECOD"].isna() | ae["AEBODSYS"].isna()
    return doubt(
        ae[uncoded], "ae", "AEDECOD", "Q-115", "expected preferred term and system organ class before the lock"
    )


def grades(ae: pd.DataFrame) -> pd.DataFrame:
    """Q-501: grade missing or not 1 to 5 (CTCAE 4.03)."""
    return doubt(ae[~ae["AETOXGR"].isin([1, 2, 3, 4, 5])], "ae", "AETOXGR", "Q-501", "expected 1 to 5")


def event_dates(ex: pd.DataFrame, ae: pd.DataFrame) -> pd.DataFrame:
    """Q-502, Q-513: an event that certainly ends before it starts; a start of which nothing is known, or too little to
    tell it from the first dose. R-204 takes that start to be the first dose."""
    vague = _starts_around(ae, of_subject(ae, first_dose(ex).str.slice(0, 10)))
    return found(
        doubt(ae[before(ae["AEENDTC"], ae["AESTDTC"])], "ae", "AEENDTC", "Q-502", "expected no earlier than the start"),
        doubt(ae[ae["AESTDTC"].isna()], "ae", "AESTDTC", "Q-513", "expected a date"),
        doubt(ae[vague], "ae", "AESTDTC", "Q-513", "it may lie before or after the first dose; expected the day"),
    )


def _starts_around(ae: pd.DataFrame, first_dose_day: pd.Series) -> pd.Series:
    """Return whether a partial start leaves open if it is before the first dose (ISO text by row); an event that
    certainly ended before that is no question."""
    start = ae["AESTDTC"]
    earliest = (start + "-01-01").str.slice(0, 10)
    possible = true(start.str.len() < 10) & ~before(start, first_dose_day) & ~before(first_dose_day, start)
    return possible & before(earliest, first_dose_day) & ~before(ae["AEENDTC"], first_dose_day)


def repeated_events(ae: pd.DataFrame) -> pd.DataFrame:
    """Q-503: the same term, preferred term, dates and grade under two numbers."""
    rows = ae.assign(TERM=ae["AETERM"].str.casefold())
    same = rows.duplicated(["USUBJID", "TERM", "AEDECOD", "AESTDTC", "AEENDTC", "AETOXGR"])
    return doubt(ae[same], "ae", "AETERM", "Q-503")


def relations(ae: pd.DataFrame) -> pd.DataFrame:
    """Q-504: relation to one of the three drugs missing."""
    return found(
        *(doubt(ae[ae[relation].isna()], "ae", relation, "Q-504", drug) for drug, (relation, _) in DRUGS.items())
    )


def outcomes(ae: pd.DataFrame) -> pd.DataFrame:
    """Q-505: resolved without an end date; ongoing with one."""
    resolved, ongoing = ae["AEOUT"].isin(RESOLVED), true(ae["AEENRF"].eq("Y"))
    return found(
        doubt(ae[resolved & ae["AEENDTC"].isna()], "ae", "AEENDTC", "Q-505", "resolved; expected an end date"),
        doubt(ae[ongoing & ae["AEENDTC"].notna()], "ae", "AEENDTC", "Q-505", "ongoing; expected no end date"),
    )


def seriousness(ae: pd.DataFrame) -> pd.DataFrame:
    """Q-507: serious without a criterion, a criterion without serious, neither of them answered."""
    serious, criterion = true(ae["AESER"].eq("Y")), (ae[CRITERIA] == "Y").fillna(False).any(axis=1)
    return found(
        doubt(ae[serious & ~criterion], "ae", "AESER", "Q-507", "expected a criterion of seriousness"),
        doubt(ae[~serious & criterion], "ae", "AESER", "Q-507", "a criterion is ticked; expected Y"),
        doubt(ae[ae["AESER"].isna() & ~criterion], "ae", "AESER", "Q-507", "expected Y or N"),
    )


def withdrawals(ds: pd.DataFrame, ae: pd.DataFrame) -> pd.DataFrame:
    """Q-508: drug withdrawn for an event without its end-of-treatment record; ended for an event that no event
    shows."""
    ends, withdrawn = ends_of_treatment(ds), acted_on(ae, ["DRUG WITHDRAWN"])
    unended = withdrawn[~among(withdrawn, ["USUBJID", "DRUG"], ends, ["USUBJID", "DSSCAT"])]
    toxic = ends[true(ends["DSDECOD"].eq("ADVERSE EVENT"))]
    unshown = toxic[~among(toxic, ["USUBJID", "DSSCAT"], withdrawn, ["USUBJID", "DRUG"])]
    each = [
        doubt(
            ae[among(ae, ["USUBJID", "AESEQ"], unended[unended["DRUG"].eq(drug)])],
            "ae",
            action,
            "Q-508",
            f"expected eot of {drug}",
        )
        for drug, (_, action) in DRUGS.items()
    ]
    return found(*each, doubt(unshown, "ds", "DSDECOD", "Q-508", "expected an adverse event with this drug withdrawn"))


def discontinuations(ds: pd.DataFrame, ae: pd.DataFrame) -> pd.DataFrame:
    """Q-509: an event led to study discontinuation, and the study did not end for an adverse event or death."""
    ended = ends_of_study(ds)
    ended = ended[ended["DSDECOD"].isin(["ADVERSE EVENT", "DEATH"])]
    left = true(ae["AEDISCFL"].eq("Y"))
    return doubt(
        ae[left & ~ae["USUBJID"].isin(ended["USUBJID"])], "ae", "AEDISCFL", "Q-509", "expected an end of study for it"
    )


def overlapping_events(ae: pd.DataFrame) -> pd.DataFrame:
    """Q-511: a record of a term starts before an earlier record of it has ended (known parts); an open end never
    ends."""
    term = ae["AEDECOD"].fillna(ae["AETERM"]).str.casefold()
    rows = ae.assign(TERM=term)[ae["AESTDTC"].notna()].sort_values(
        ["USUBJID", "TERM", "AESTDTC", "AESEQ"], kind="stable"
    )
    earlier = rows.groupby(["USUBJID", "TERM"])
    follows, end = earlier.cumcount() > 0, earlier["AEENDTC"].shift()
    return doubt(rows[follows & (before(rows["AESTDTC"], end) | end.isna())], "ae", "AESTDTC", "Q-511")


def fatal_events(ae: pd.DataFrame) -> pd.DataFrame:
    """Q-601, Q-602, Q-603, Q-607: death date, seriousness, outcome, grade and end date of an event agree on whether it
    was fatal."""
    dated, results, fatal = ae["AEDTHDTC"].notna(), true(ae["AESDTH"].eq("Y")), true(ae["AEOUT"].eq("FATAL"))
    five, graded = true(ae["AETOXGR"].eq(5)), ae["AETOXGR"].notna()
    late = fatal & dated & (ae["AEENDTC"].isna() | differ(ae["AEENDTC"], ae["AEDTHDTC"]))
    return found(
        doubt(ae[dated & ~results], "ae", "AESDTH", "Q-601", "there is a death date; expected Y"),
        doubt(ae[results & ~dated], "ae", "AEDTHDTC", "Q-601", "expected a death date"),
        doubt(ae[fatal & ~dated], "ae", "AEDTHDTC", "Q-602", "outcome fatal; expected a death date"),
        doubt(ae[dated & ~fatal], "ae", "AEOUT", "Q-602", "there is a death date; expected FATAL"),
        doubt(ae[five & ~fatal], "ae", "AEOUT", "Q-603", "grade 5; expected FATAL"),
        doubt(ae[fatal & graded & ~five], "ae", "AETOXGR", "Q-603", "outcome fatal; expected 5"),
        doubt(ae[late], "ae", "AEENDTC", "Q-607", "expected the death date"),
    )


def death_as_end(ds: pd.DataFrame, dd: pd.DataFrame, ae: pd.DataFrame) -> pd.DataFrame:
    """Q-604: study ended by death without fatal event and without cause; a fatal event and another reason for the end
    of study."""
    ended, fatal = ends_of_study(ds), ae[true(ae["AEOUT"].eq("FATAL"))]
    explained = pd.concat([fatal["USUBJID"], dd.loc[dd["DTHCAUS"].notna(), "USUBJID"]])
    dead, reason = true(ended["DSDECOD"].eq("DEATH")), ended["DSDECOD"].notna()
    other = fatal["USUBJID"].isin(ended.loc[reason & ~dead, "USUBJID"])
    return found(
        doubt(
            ended[dead & ~ended["USUBJID"].isin(explained)],
            "ds",
            "DSDECOD",
            "Q-604",
            "expected a cause or a fatal event",
        ),
        doubt(fatal[other], "ae", "AEOUT", "Q-604", "the study ended for another reason than death"),
    )


def death_dates_agree(dd: pd.DataFrame, ae: pd.DataFrame) -> pd.DataFrame:
    """Q-605, Q-609: death dates of an event against the others; of follow-up against end of study (known parts)."""
    ended, contacts = dd[dd["DDORIG"].eq("EOS")], dd[dd["DDORIG"].eq("FU")]
    recorded = by_subject(pd.concat([ended, contacts]).dropna(subset=["DTHDTC"]), "DTHDTC")
    first = of_subject(contacts, recorded)
    return found(
        doubt(
            ae[differ(ae["AEDTHDTC"], of_subject(ae, recorded))],
            "ae",
            "AEDTHDTC",
            "Q-605",
            "another form has another date",
        ),
        doubt(contacts[differ(contacts["DTHDTC"], first)], "dd", "DTHDTC", "Q-609", "another record has another date"),
    )


def death_records(ds: pd.DataFrame, dd: pd.DataFrame, ae: pd.DataFrame) -> pd.DataFrame:
    """Q-606, Q-608, Q-610: end of study by death without date or cause; death without end of study, be it that only an
    event reports it; death date recorded twice or partial."""
    ended, contacts = dd[dd["DDORIG"].eq("EOS")], dd[dd["DDORIG"].eq("FU")]
    caused = ended["DTHCAUS"].notna() | ended["USUBJID"].isin(ae.loc[true(ae["AEOUT"].eq("FATAL")), "USUBJID"])
    alone = contacts[~contacts["USUBJID"].isin(ends_of_study(ds)["USUBJID"])].drop_duplicates("USUBJID")
    fatal = ae[true(ae["AEOUT"].eq("FATAL")) | ae["AEDTHDTC"].notna()]
    elsewhere = pd.concat([ends_of_study(ds)["USUBJID"], dd["USUBJID"]])
    unreported = fatal[~fatal["USUBJID"].isin(elsewhere)].drop_duplicates("USUBJID")
    again = contacts["DTHDTC"].notna() & true(contacts["DTHDTC"].eq(of_subject(contacts, by_subject(ended, "DTHDTC"))))
    return found(
        doubt(ended[ended["DTHDTC"].isna()], "dd", "DTHDTC", "Q-606", "expected a death date"),
        doubt(ended[~caused], "dd", "DTHCAUS", "Q-608", "expected a cause of death"),
        doubt(alone, "dd", "DTHDTC", "Q-608", "expected an end-of-study record"),
        doubt(unreported, "ae", "AEDTHDTC", "Q-608", "expected an end-of-study record"),
        doubt(contacts[again], "dd", "DTHDTC", "Q-608", "the end of study has the same date"),
        doubt(dd[true(dd["DTHDTC"].str.len() < 10)], "dd", "DTHDTC", "Q-610", "expected a complete date"),
    )


def after_death(domains: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Q-611: dose, start of an event or therapy, measurement, sample, questionnaire or tumor assessment certainly after
    the latest recorded death date; once a raw record."""
    death, queries = death_dates(domains["dd"], domains["ae"]), []
    for name, variable in IN_LIFE.items():
        rows = (given(domains[name]) if name == "ex" else domains[name]).drop_duplicates(["RAWFILE", "RAWROW"])
        late = before(of_subject(rows, death), rows[variable])
        queries.append(doubt(rows[late], name, variable, "Q-611", "expected no later than the death"))
    return found(*queries)


def survival_contacts(dd: pd.DataFrame, ae: pd.DataFrame, ss: pd.DataFrame) -> pd.DataFrame:
    """Q-612, Q-613: alive after death, dead without or before the date of death; contact and status do not go
    together."""
    alive, dead = true(ss["SSSTRESC"].eq("ALIVE")), true(ss["SSSTRESC"].eq("DEAD"))
    made, unmade = true(ss["SSDONE"].eq("Y")), true(ss["SSDONE"].eq("N"))
    death = of_subject(ss, death_dates(dd, ae))
    return found(
        doubt(ss[alive & before(death, ss["SSDTC"])], "ss", "SSSTRESC", "Q-612", "alive after the date of death"),
        doubt(ss[dead & ss["DTHDTC"].isna()], "ss", "DTHDTC", "Q-612", "dead; expected a death date"),
        doubt(
            ss[dead & before(ss["SSDTC"], ss["DTHDTC"])], "ss", "SSDTC", "Q-612", "reported before the death happened"
        ),
        doubt(ss[unmade & (alive | dead)], "ss", "SSSTRESC", "Q-613", "no contact; expected no status"),
        doubt(ss[made & ss["SSSTRESC"].isna()], "ss", "SSSTRESC", "Q-613", "contact made; expected a status"),
    )


def unrecorded_therapy(cm: pd.DataFrame, pr: pd.DataFrame, ss: pd.DataFrame) -> pd.DataFrame:
    """Q-1110 (follow-up): new anticancer therapy reported and none recorded."""
    recorded = pd.concat([cm.loc[cm["CMCAT"].eq(ON_STUDY), "USUBJID"], pr.loc[pr["PRCAT"].eq(ON_STUDY), "USUBJID"]])
    reported = true(ss["SSNEWTX"].eq("Y"))
    return doubt(ss[reported & ~ss["USUBJID"].isin(recorded)], "ss", "SSNEWTX", "Q-1110", "expected an act record")
