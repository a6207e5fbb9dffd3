"""Hostile adverse events as data: what the records say, what is asked, which rows of the tables count the subject.

Rows are those of Table 14.3.1.1 by the names of their variables in the plan (`ae-overview`), and those that
`test_hostile_adverse_events.py` names. Rules: docs/rules.md (R-nnn), crf2csr/checks.py (Q-nnn).
"""

from __future__ import annotations

from dataclasses import dataclass, field

#: First dose 15 March 2019, last one 25 April 2019 (tests/derive/cases.py), cutoff 30 June 2023, extract 5 July 2023.
#: Diarrhea has the grades 1 to 5 in CTCAE 4.03.
EVENT = {"AENO": "1", "TERM": "loose stools", "DECOD": "Diarrhea", "BODSYS": "Gastrointestinal disorders"}
EVENT |= {"STDAT_RAW": "10-Apr-2019", "ENDAT_RAW": "20-Apr-2019", "ONGOING": "No", "GRADE": "2"}
EVENT |= {"SERIOUS": "No", "SERIOUS_STD": "0", "OUTCOME": "Recovered/resolved", "OUTCOME_STD": "1"}
EVENT |= {"RELPAL": "Related", "RELLET": "Not related", "RELTDM": "Not related", "DISC": "No", "DLT": "No"}
EVENT |= dict.fromkeys(("ACNPAL", "ACNLET", "ACNTDM"), "Dose not changed")
SERIOUS = {"SERIOUS": "Yes", "SERIOUS_STD": "1"}
OPEN = {"ENDAT_RAW": "", "ONGOING": "Yes", "OUTCOME": "Not recovered/not resolved", "OUTCOME_STD": "3"}
FATAL = SERIOUS | {"SDEATH": "Yes", "OUTCOME": "Fatal", "OUTCOME_STD": "5", "GRADE": "5", "DTHDAT_RAW": "10-May-2019"}
FATAL |= {"STDAT_RAW": "01-May-2019", "ENDAT_RAW": "10-May-2019"}
#: Death on 10 May 2019, 15 days after the last dose, as the end of treatment and of study report it.
LAST_DOSES = {"Palbociclib": "25-Apr-2019", "Letrozole": "25-Apr-2019", "T-DM1": "15-Mar-2019"}
DIED = {
    "eot": tuple({"DRUG": drug, "LASTDAT_RAW": day, "REASON": "Death"} for drug, day in LAST_DOSES.items()),
    "eos": ({"EOSDAT_RAW": "10-May-2019", "REASON": "Death", "DTHDAT_RAW": "10-May-2019", "CAUSE": "Adverse event"},),
}
#: Without a case's own records, everybody has these.
PLAIN = {
    "enr": ({"ENRNO": "1", "ENRDAT_RAW": "10-Mar-2019", "PHASE": "Phase 1", "LEVEL": "75", "SLOT": "1"},),
    "dlt": ({"ASDAT_RAW": "08-Apr-2019", "EVALUABLE": "Yes", "DLT": "No"},),
}

#: Rows of the overview: any event and any treatment-emergent one (R-908), related (R-906), of grade 3 or higher.
ANY = {"FRST", "TEAE"}
RELATED = {"RELANY", "RELPAL"}
COUNTED = ANY | RELATED
SEVERE = {"FRST3", "TEAE3", "REL3", "Table 14.3.1.5"}
UNGRADED = {"NOGRADE", "grade Missing"}  # in any grade, in none of grade 3 or higher (R-902)
FIVE = {"GRADE5", "grade 5"}
DEAD = {"SER", "RELSER", "fatal", "death up to day 30"}  # 15 days after the last dose (R-909, R-912)


@dataclass(frozen=True)
class Case:
    """What a subject's events say otherwise than EVENT, and records of other forms; what must come of it.

    `queries` are (rule, severity, form, field); `rows` the rows of the tables that count the subject; `events` the
    number in brackets beside "any adverse event".
    """

    name: str
    records: tuple[dict[str, str], ...]
    queries: set[tuple[str, ...]]
    rows: set[str]
    events: int = 1
    others: dict[str, tuple[dict[str, str], ...]] = field(default_factory=dict)


def asked(*texts: str) -> set[tuple[str, ...]]:
    """Return queries written as `rule severity field` or `rule severity form.field`; the form is else ae."""
    parts = (text.split() for text in texts)
    return {(rule, severity, *(place if "." in place else f"ae.{place}").split(".")) for rule, severity, place in parts}


CASES = (
    Case("clean", ({},), set(), COUNTED | {"grade 2"}),
    # death
    Case(
        "starts after the death",
        ({"STDAT_RAW": "15-May-2019", "ENDAT_RAW": "16-May-2019"},),
        asked("Q-611 E stdtc"),
        COUNTED | {"grade 2", "death up to day 30"},  # R-903: within 30 days after the last dose
        others=DIED,
    ),
    Case("fatal, all forms agree", (FATAL,), set(), COUNTED | SEVERE | FIVE | DEAD, others=DIED),
    Case(
        "fatal with grade 4",
        (FATAL | {"GRADE": "4"},),
        asked("Q-603 E grade"),
        COUNTED | SEVERE | DEAD | {"grade 4"},  # R-912: a fatal outcome is enough
        others=DIED,
    ),
    Case(
        "fatal without grade",
        (FATAL | {"GRADE": ""},),
        asked("Q-501 E grade"),
        COUNTED | UNGRADED | DEAD,
        others=DIED,
    ),
    Case(
        "grade 5 and recovered",
        ({"GRADE": "5"},),
        asked("Q-603 E outcome"),
        COUNTED | SEVERE | FIVE | {"fatal", "fatal without a report of death"},
    ),
    Case(
        "fatal, no form reports the death",
        (FATAL,),
        asked("Q-608 W dthdtc"),
        COUNTED | SEVERE | FIVE | DEAD,
    ),
    Case(
        "fatal without date of death",
        (FATAL | {"DTHDAT_RAW": ""},),
        asked("Q-601 E dthdtc", "Q-602 E dthdtc"),
        COUNTED | SEVERE | FIVE | DEAD,
        others=DIED,
    ),
    Case(
        "fatal and the study was completed",
        (FATAL,),
        asked("Q-604 E outcome"),
        COUNTED | SEVERE | FIVE | DEAD,
        others={**DIED, "eos": ({"EOSDAT_RAW": "10-May-2019", "REASON": "Completed"},)},
    ),
    # grade
    *(
        Case(f"grade {grade or 'blank'}", ({"GRADE": grade},), asked("Q-501 E grade"), COUNTED | UNGRADED)
        for grade in ("6", "0", "-1", "", "ND")
    ),
    *(
        Case(f"grade {text}", ({"GRADE": text},), asked("Q-108 E grade", "Q-501 E grade"), COUNTED | UNGRADED)
        for text in ("severe", "III", "3-4", "2.5", "Grade 3")
    ),
    Case(
        "two events, one without grade",
        ({"GRADE": "III"}, {"AENO": "2", "TERM": "cough", "DECOD": "Cough", "GRADE": "1"}),
        asked("Q-108 E grade", "Q-501 E grade"),
        COUNTED | {"NOGRADE", "grade 1"},  # R-902: under Missing only who has no grade at all
        events=2,
    ),
    Case(
        "grade that the term does not have",
        ({"TERM": "hair loss", "DECOD": "Alopecia", "GRADE": "3"},),  # CTCAE 4.03: grades 1 and 2
        asked("Q-506 W grade"),
        COUNTED | SEVERE | {"grade 3"},  # R-911: asked, counted as recorded
    ),
    # dates
    Case("end before start", ({"ENDAT_RAW": "01-Apr-2019"},), asked("Q-502 E endtc"), COUNTED | {"grade 2"}),
    Case(
        "starts after the cutoff", (OPEN | {"STDAT_RAW": "02-Jul-2023"},), asked("Q-1101 I stdtc"), set(), events=0
    ),  # R-209
    Case(
        "starts after the extract",
        (OPEN | {"STDAT_RAW": "06-Jul-2023"},),
        asked("Q-1101 E stdtc", "Q-1101 I stdtc"),
        set(),
        events=0,
    ),
    *(
        # R-204: the first dose, if it is one of the possible days; so it is treatment-emergent (R-903)
        Case(f"start {text or 'blank'}", ({"STDAT_RAW": text},), asked("Q-513 W stdtc"), COUNTED | {"grade 2"})
        for text in ("UN-Mar-2019", "UN-UNK-2019", "")
    ),
    Case(
        "impossible start",
        ({"STDAT_RAW": "31-Apr-2019"},),
        asked("Q-1102 E stdtc", "Q-513 W stdtc"),
        COUNTED | {"grade 2"},  # R-202: no date at all, so as a start of which nothing is known
    ),
    # R-204: an event that ended before the first dose began before it
    Case(
        "partial start, ended before the first dose",
        ({"STDAT_RAW": "UN-Mar-2019", "ENDAT_RAW": "12-Mar-2019"},),
        set(),
        set(),
        events=0,
    ),
    Case("partial start after the first dose", ({"STDAT_RAW": "UN-Apr-2019"},), set(), COUNTED | {"grade 2"}),
    Case(
        "partial start before consent",
        (OPEN | {"STDAT_RAW": "UN-Feb-2019"},),
        asked("Q-514 W stdtc"),
        set(),
        events=0,
    ),
    # codes
    Case("action not in the list", ({"ACNPAL": "Stopped"},), asked("Q-107 E acnpal"), COUNTED | {"grade 2"}),
    Case(
        "action with an unknown drug",
        ({"ACNTDM": "Tamoxifen withdrawn"},),
        asked("Q-107 E acntdm"),
        COUNTED | {"grade 2"},  # nothing was withdrawn for it: in no row of actions
    ),
    Case(
        "relation blank",
        ({"RELPAL": "", "RELTDM": ""},),
        asked("Q-504 E relpal", "Q-504 E reltdm"),
        ANY | {"grade 2", "NOREL"},  # R-906: a row of its own
    ),
    Case("relation blank for one drug", ({"RELLET": ""},), asked("Q-504 E rellet"), COUNTED | {"grade 2"}),
    Case(
        "relation not in the list",
        ({"RELPAL": "Possibly"},),
        asked("Q-107 E relpal", "Q-504 E relpal"),
        ANY | {"grade 2", "NOREL"},
    ),
    # term
    Case(
        "no term",
        ({"TERM": "", "GRADE": "4"},),
        asked("Q-108 E term", "Q-217 I dm.subject"),  # withheld: nothing tells what happened
        set(),
        events=0,
    ),
    Case("not coded", ({"DECOD": "", "BODSYS": ""},), asked("Q-115 W decod"), COUNTED | {"grade 2"}),  # R-905: Uncoded
    # the same event twice (R-904): a subject counts once, the event once if both records say the same
    Case("twice under two numbers", ({}, {"AENO": "2"}), asked("Q-503 W term", "Q-511 W stdtc"), COUNTED | {"grade 2"}),
    Case(
        "twice, the relation differs",
        ({}, {"AENO": "2", "RELPAL": "Not related"}),
        asked("Q-503 W term", "Q-511 W stdtc"),
        COUNTED | {"grade 2"},
        events=2,
    ),
    Case(
        "twice, the grade differs",
        ({"GRADE": "3"}, {"AENO": "2", "GRADE": "2"}),
        asked("Q-511 W stdtc"),
        COUNTED | SEVERE | {"grade 3"},
        events=2,
    ),
    Case("exported twice", ({}, {}), {("Q-104", "W", "ae", "")}, COUNTED | {"grade 2"}),
    Case(
        "one number, two grades",
        ({}, {"GRADE": "4"}),
        asked("Q-103 E aeno", "Q-217 I dm.subject"),  # both withheld: none is better than the other
        set(),
        events=0,
    ),
    # seriousness
    Case(
        "serious without criterion",
        (SERIOUS,),
        asked("Q-507 E serious"),
        COUNTED | {"grade 2", "SER", "RELSER"},
    ),
    Case("criterion, not serious", ({"SHOSP": "Yes"},), asked("Q-507 E serious"), COUNTED | {"grade 2"}),
    Case(
        "serious not answered",
        ({"SERIOUS": "", "SERIOUS_STD": ""},),
        asked("Q-507 E serious"),
        COUNTED | {"grade 2"},
    ),
    # dose limiting toxicity: the form decides, never the grade (R-405)
    Case(
        "grade 1 flagged as DLT, the form agrees",
        ({"DLT": "Yes", "GRADE": "1", "STDAT_RAW": "20-Mar-2019"},),
        asked("Q-415 W grade"),
        COUNTED | {"grade 1", "DLT"},
        others={"dlt": ({**PLAIN["dlt"][0], "DLT": "Yes", "AENOS": "1"},)},
    ),
    Case(
        "grade 1 flagged as DLT, the form denies",
        ({"DLT": "Yes", "GRADE": "1", "STDAT_RAW": "20-Mar-2019"},),
        asked("Q-415 W grade", "Q-415 E dlt.dlt"),
        COUNTED | {"grade 1", "DLT"},
    ),
    Case(
        "grade 3 flagged as DLT, the form agrees",
        ({"DLT": "Yes", "GRADE": "3", "STDAT_RAW": "20-Mar-2019"},),
        set(),
        COUNTED | SEVERE | {"grade 3", "DLT"},
        others={"dlt": ({**PLAIN["dlt"][0], "DLT": "Yes", "AENOS": "1"},)},
    ),
)
