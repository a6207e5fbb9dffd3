"""Time to the first event of a group of special interest, by hand (R-910, R-915)."""

from datetime import date

from crf2csr.derive.adttae import adttae
from tests.builders import rows, study_view
from tests.plans import typed

DATES = dict.fromkeys(("TRTSDT", "EOSDT", "DTHDT"), "datetime64[ns]")
#: First dose on 10 March 2019, cutoff 30 June 2019.
PEOPLE = """
    USUBJID | SUBJID | TRT01P | TRT01A | TRTSDT     | EOSDT      | DTHDT
    S-1     | 1      | Drug   | Drug   | 2019-03-10 | 2019-05-01 |
    S-2     | 2      | Drug   | Drug   | 2019-03-10 |            |
    S-3     | 3      | Drug   | Drug   | 2019-03-10 | 2019-04-02 | 2019-04-01
    S-4     | 4      | Drug   | Drug   | 2019-03-10 | 2019-04-02 | 2019-04-02
    S-5     | 5      | Drug   | Drug   |            | 2019-04-02 |
"""
EVENTS = """
    USUBJID | AESEQ | AESICD | AESI1FL | ASTDT
    S-1     | 1     | HEP    | Y       | 2019-03-11
    S-1     | 2     | NEU    | Y       | 2019-03-20
    S-1     | 3     | NEU    |         | 2019-03-12
    S-5     | 1     | NEU    | Y       | 2019-03-20
"""


def derived(events=EVENTS):
    view = study_view(adttae, data_cutoff=date(2019, 6, 30))
    frames = typed(PEOPLE, **DATES), typed(events, AESEQ="Int64", ASTDT="datetime64[ns]")
    return adttae(*frames, view)


def test_event_and_the_first_of_what_ends_the_time_without_one():
    """The first event of the group is flagged in ADAE; the record of 12 March is none that counts.

    20 March is day 11. Censored: S-2 at the cutoff, 10 March to 30 June = 22 + 30 + 31 + 30 = 113 days; S-3 at the
    death on 1 April = 23 days; S-4 at the end of the study, which stands first on the same day = 24 days. S-5 has no
    dated first dose.
    """
    data = derived().data
    found = data[data["PARAMCD"].eq("TTNEU")]
    assert rows(found, "SUBJID", "ADT", "AVAL", "CNSR", "EVNTDESC", "SRCDOM", "SRCVAR", "SRCSEQ") == [
        ("1", "2019-03-20", "11", "0", "First event of the group", "ADAE", "ASTDT", "2"),
        ("2", "2019-06-30", "113", "1", "No such event by the data cutoff", "ADSL", "CUTOFF", ""),
        ("3", "2019-04-01", "23", "1", "Death without such an event", "ADSL", "DTHDT", ""),
        ("4", "2019-04-02", "24", "1", "No such event by the end of the study", "ADSL", "EOSDT", ""),
    ]
    assert found["AVALM"].tolist() == [days / 30.4375 for days in (11, 113, 23, 24)]


def test_every_treated_subject_has_each_group_once():
    data = derived().data
    assert data.groupby("PARAMCD").size().to_dict() == dict.fromkeys(data["PARAMCD"].unique(), 4)
    assert {"TTNEU", "TTHEP"} <= set(data["PARAMCD"])
    assert rows(data[data["PARAMCD"].eq("TTHEP")], "SUBJID", "CNSR")[0] == ("1", "0")


def test_links_lead_to_the_event_and_to_the_subject():
    links = derived().links
    own = links[links["row"].eq("S-1|TTNEU")]
    assert rows(own, "variable", "source", "source_row") == [("", "adsl", "S-1"), ("ADT", "adae", "S-1|2")]


def test_nobody():
    assert derived(EVENTS.splitlines()[1]).data["CNSR"].eq(1).all()
