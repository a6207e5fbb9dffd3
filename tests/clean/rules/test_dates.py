"""R-201 and R-202: declared formats, unknown parts, centuries, impossible dates; clock times."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crf2csr.clean.rules.dates import FORMATS, MONTHS, read_date, read_parts, read_time
from crf2csr.clean.rules.readings import Reading

ALL = tuple(FORMATS)
#: Text as a site types it, its formats, the value, the rule of the query.
DATES = [
    ("UN/UNK/2019", ["dd-Mon-yyyy"], "2019", ""),
    ("UN UNK 2019", ["dd-Mon-yyyy"], "2019", ""),
    ("20 UNK 2019", ["dd-Mon-yyyy"], "2019", "Q-1103"),
    ("2019-03", ["iso"], "2019-03", ""),
    ("NK", ["iso"], None, "Q-109"),
    ("18-Mar-23", ["dd-Mon-yyyy"], None, "Q-1103"),
    ("2019-02-30", ["iso"], None, "Q-1102"),
    ("UN-Nov-2019", ["dd-Mon-yyyy"], "2019-11", ""),
    ("2019-03-14", ["iso"], "2019-03-14", ""),
    ("2019", ["iso"], "2019", ""),
    ("2019-UN-UN", ["iso"], "2019", ""),
    ("2019-03-UNK", ["iso"], "2019-03", ""),
    ("2019-unk-un", ["iso"], "2019", ""),
    ("2019-NK-14", ["iso"], "2019", "Q-1103"),
    ("5-mAr-2019", ["dd-Mon-yyyy"], "2019-03-05", ""),
    ("05/MAR/2019", ["dd-Mon-yyyy"], "2019-03-05", ""),
    ("05 Mar 2019", ["dd-Mon-yyyy"], "2019-03-05", ""),
    ("Mar-2019", ["dd-Mon-yyyy"], "2019-03", ""),
    ("XX-XXX-2019", ["dd-Mon-yyyy"], "2019", ""),
    ("UN-UNK-UNK", ["dd-Mon-yyyy"], None, ""),
    ("05-Mar-UNK", ["dd-Mon-yyyy"], None, "Q-1103"),
    ("03/05/2019", ["mm/dd/yyyy"], "2019-03-05", ""),
    ("3/5/2019", ["mm/dd/yyyy"], "2019-03-05", ""),
    ("03/UN/2019", ["mm/dd/yyyy"], "2019-03", ""),
    ("03/2019", ["mm/dd/yyyy"], "2019-03", ""),
    ("UN/05/2019", ["mm/dd/yyyy"], "2019", "Q-1103"),
    ("13/05/2019", ["mm/dd/yyyy"], None, "Q-1102"),
    ("31-Jun-2020", ["dd-Mon-yyyy"], None, "Q-1102"),
    ("29-Feb-2019", ["dd-Mon-yyyy"], None, "Q-1102"),
    ("29-Feb-2020", ["dd-Mon-yyyy"], "2020-02-29", ""),
    ("00-Mar-2019", ["dd-Mon-yyyy"], None, "Q-1102"),
    ("2019-00-14", ["iso"], None, "Q-1102"),
    ("0019-03-14", ["iso"], None, "Q-1102"),
    ("05-Mar/2019", ["dd-Mon-yyyy"], None, "Q-108"),
    ("05-Mär-2019", ["dd-Mon-yyyy"], None, "Q-108"),
    ("05-Mai-2019", ["dd-Mon-yyyy"], None, "Q-108"),
    ("2019-3-14", ["iso"], None, "Q-108"),
    ("20190314", ["iso"], None, "Q-108"),
    ("43538", ["iso"], None, "Q-108"),
    ("2019-03-14T10:00", ["iso"], None, "Q-108"),
    ("yesterday", ALL, None, "Q-108"),
    ("\u0662019-03-14", ["iso"], None, "Q-108"),
]


@pytest.mark.parametrize(("text", "formats", "value", "rule"), DATES)
def test_dates(text, formats, value, rule):
    reading = read_date(text, formats)
    assert (reading.value, reading.rule) == (value, rule)
    assert bool(reading.expected) == bool(rule)


@pytest.mark.parametrize(
    ("text", "formats"),
    [
        ("2019-03-14", ["dd-Mon-yyyy", "mm/dd/yyyy"]),
        ("14-Mar-2019", ["iso", "mm/dd/yyyy"]),
        ("03/14/2019", ["iso", "dd-Mon-yyyy"]),
    ],
)
def test_a_format_that_is_not_declared_is_never_tried(text, formats):
    assert read_date(text, formats).rule == "Q-108"


@pytest.mark.parametrize(
    ("text", "value"), [("18-Mar-30", "2030-03-18"), ("18-Mar-31", "1931-03-18"), ("18-Mar-00", "2000-03-18")]
)
def test_a_two_digit_year_needs_a_declared_pivot(text, value):
    assert read_date(text, ["dd-Mon-yyyy"], pivot=30) == Reading(value)
    assert read_date(text, ["dd-Mon-yyyy"]).rule == "Q-1103"


def test_wholly_unknown_dates_say_why():
    assert read_date("UN UNK UNK", ["dd-Mon-yyyy"]) == Reading(why="unknown")


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.sampled_from("-/ "))
def test_every_date_is_read_the_same_in_every_format(day, separator):
    named = separator.join([f"{day.day:02d}", MONTHS[day.month - 1].title(), f"{day.year}"])
    for text in (day.isoformat(), named, f"{day.month}/{day.day}/{day.year}"):
        assert read_date(text, ALL) == Reading(day.isoformat())


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_the_day_after_the_last_of_a_month_is_impossible(day):
    last = (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    assert read_parts(str(day.year), str(day.month), str(last.day)).value == last.isoformat()
    assert read_parts(str(day.year), str(day.month), str(last.day + 1)).rule == "Q-1102"


@pytest.mark.parametrize(
    ("parts", "value", "rule"),
    [
        (("2019", "03", "14"), "2019-03-14", ""),
        (("2019", "3", "4"), "2019-03-04", ""),
        (("2019", "MAR", "UN"), "2019-03", ""),
        (("2019", "", ""), "2019", ""),
        (("2019", "", "14"), "2019", "Q-1103"),
        (("", "03", "14"), None, "Q-1103"),
        (("19", "03", "14"), None, "Q-1103"),
        (("UN", "UN", "UN"), None, ""),
        (("201", "03", "14"), None, "Q-108"),
        (("2019", "13", "14"), None, "Q-1102"),
        (("2019", "x", "14"), None, "Q-108"),
        (("2019", "03", "MAR"), None, "Q-108"),
        (("2019", "03", "-1"), None, "Q-108"),
    ],
)
def test_parts(parts, value, rule):
    reading = read_parts(*parts)
    assert (reading.value, reading.rule) == (value, rule)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("08:30", "08:30"),
        ("8:05", "08:05"),
        ("00:00", "00:00"),
        ("23:59", "23:59"),
        ("08:30:00", "08:30"),
        ("08:30:15", None),
        ("24:00", None),
        ("55:02", None),
        ("12:60", None),
        ("0830", None),
        ("8.30", None),
        ("8:30 pm", None),
    ],
)
def test_times(text, value):
    reading = read_time(text)
    assert reading.value == value
    assert reading.rule == ("" if value else "Q-108")
