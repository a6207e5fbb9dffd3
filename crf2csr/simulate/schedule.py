"""The visits that a participant attended, as the forms that go by visit share them."""

from dataclasses import dataclass
from decimal import Decimal

from crf2csr.simulate.model import Story
from crf2csr.simulate.record import closing_visits

SCREENING, END = "Screening", "End of treatment"


@dataclass(frozen=True)
class Attended:
    """A visit: folder, day from the first dose, cycle (0 at screening and at the end of treatment)."""

    folder: str
    day: int
    cycle: int = 0

    @property
    def first_day(self) -> bool:
        """Whether this is the first day of a cycle."""
        return self.cycle > 0 and self.folder.endswith("Day 1")


def attended(story: Story) -> list[Attended]:
    """Return screening, cycle days 1, 8 and 15 of cycle 1, day 1 of each later cycle and the end of treatment."""
    course = story.course
    end = course.last_day if course.last_day is not None else course.limit
    visits = [Attended(SCREENING, screening_day(story))]
    for number, start in enumerate(story.cycle_days, start=1):
        visits.append(Attended(f"Cycle {number} Day 1", start, number))
        if number == 1:
            visits += [Attended(f"Cycle 1 Day {day}", day - 1, 1) for day in (8, 15) if day - 1 <= end]
    return visits + [Attended(folder, day) for folder, day in closing_visits(story) if folder == END]


def screening_day(story: Story) -> int:
    """Return the day of the screening visit: after the consent (15 days or more before the first dose)."""
    return -4 - story.person.position % 5


def fixed(value: int, decimals: int) -> str:
    """Return a whole number of the last decimal place as decimal text: 214 with 2 decimals is 2.14."""
    return format(Decimal(value).scaleb(-decimals), "f")
