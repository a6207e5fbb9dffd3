"""From the truth of one participant to the records on the dosing, adverse event and pharmacokinetic forms."""

from datetime import timedelta

from crf2csr.simulate.events import TERMS
from crf2csr.simulate.model import DRUGS, LETROZOLE, PALBOCICLIB, TDM1, Event, Intake, Story
from crf2csr.simulate.pharmacokinetics import LLOQ, Sample, draw_samples
from crf2csr.simulate.record import LOGS, clock_text, tenths
from crf2csr.simulate.spelling import Record
from crf2csr.simulate.streams import Stream
from crf2csr.simulate.tumor import hundredths

PALBO_LOTS, TDM_LOTS = ("PB1807", "PB1912", "PB2103", "PB2205"), ("TD4410", "TD4587", "TD4901")
DISPENSED = 28
RELATED, FIELDS = ("NOT RELATED", "RELATED"), {PALBOCICLIB: "pal", LETROZOLE: "let", TDM1: "tdm"}
CRITERIA = {"DEATH": "sdeath", "LIFE": "slife", "HOSP": "shosp", "DISAB": "sdisab", "CONG": "scong", "MIE": "smie"}


def record_treatment(story: Story, stream: Stream) -> list[Record]:
    """Return ex_oral, ex_tdm1, dosemod, ae, dlt and pk."""
    records = [*_oral(story, stream.child("ex_oral")), *_infusions(story, stream.child("ex_tdm1")), *_changes(story)]
    records += [_event(event, story) for event in story.events]
    if story.person.phase == "I":
        records.append(_dlt(story, stream.child("dlt")))
    return records + _samples(story, stream.child("pk"))


def _oral(story: Story, stream: Stream) -> list[Record]:
    records = []
    for drug in (PALBOCICLIB, LETROZOLE):
        for number, intake in enumerate((item for item in story.intakes if item.drug == drug), start=1):
            folder = f"Cycle {intake.cycle} Day 1"
            records.append(
                Record("ex_oral", folder, story.person.on(intake.start), _intake(story, intake, number, stream))
            )
    return records


def _intake(story: Story, intake: Intake, number: int, stream: Stream) -> dict[str, object]:
    values: dict[str, object] = {"drug": intake.drug, "exno": number, "given": "Y", "dosu": "mg"}
    values["stdtc"] = story.person.on(intake.start)
    if not intake.given:
        return values | {"given": "N", "endtc": _end(story, intake), "dose": "0", "taken": "-98"}
    values["dose"] = "2.5" if intake.drug == LETROZOLE else str(intake.dose)
    values["dispensed"] = DISPENSED
    values["lot"] = stream.choice(PALBO_LOTS) if intake.drug == PALBOCICLIB else "LZ0098"
    if intake.end is not None:
        taken = intake.end - intake.start + 1 - len(intake.missed)
        dispensed = DISPENSED if taken <= DISPENSED else DISPENSED + 7  # another week when the next cycle is delayed
        values |= {"endtc": _end(story, intake), "taken": taken, "dispensed": dispensed, "returned": dispensed - taken}
    return values


def _end(story: Story, intake: Intake) -> object:
    return None if intake.end is None else story.person.on(intake.end)


def _infusions(story: Story, stream: Stream) -> list[Record]:
    records = []
    for infusion in story.infusions:
        start = stream.integer(10 * 60, 14 * 60)
        day = story.person.on(infusion.day)
        weight = story.weights[infusion.cycle - 1]
        values: dict[str, object] = {"cycle": infusion.cycle, "given": "N", "exdtc": day, "mgkg": "0", "mg": "0"}
        if infusion.given:
            dose = (weight * hundredths(infusion.dose) + 50) // 100  # tenths of kg by hundredths of mg/kg: tenths of mg
            length = 90 if infusion.cycle == 1 else 30
            values |= {
                "given": "Y",
                "mgkg": infusion.dose,
                "mg": tenths(dose),
                "weight": tenths(weight),
                "volume": "250",
            }
            values |= {"sttm": clock_text(start), "entm": clock_text(start + length), "lot": stream.choice(TDM_LOTS)}
        records.append(Record("ex_tdm1", f"Cycle {infusion.cycle} Day 1", day, values))
    return records


def _changes(story: Story) -> list[Record]:
    records = []
    for number, change in enumerate(story.changes, start=1):
        day = story.person.on(change.day)
        values: dict[str, object] = {"modno": number, "drug": change.drug, "moddtc": day, "action": change.action}
        values |= {"resdtc": None if change.resume is None else story.person.on(change.resume), "newdose": change.dose}
        values |= {"reason": change.reason, "aeno": change.event.number if change.event else None}
        records.append(Record("dosemod", LOGS, day, values))
    return records


def _event(event: Event, story: Story) -> Record:
    term = TERMS[event.decod]
    values: dict[str, object] = {
        "aeno": event.number,
        "term": event.term,
        "decod": event.decod,
        "bodsys": term.soc,
        "ptcd": term.code,
        "stdtc": story.person.on(event.start),
        "endtc": None if event.end is None else story.person.on(event.end),
        "ongoing": "Y" if event.end is None else "N",
        "grade": event.grade,
        "serious": "Y" if event.criteria else "N",
        "disc": "N",
        "dlt": "Y" if event.dlt else "N",
        "outcome": _outcome(event),
        "dthdtc": story.person.on(event.end or 0) if event.fatal else None,
    }
    values |= {field: "Y" if name in event.criteria else "N" for name, field in CRITERIA.items()}
    for drug in DRUGS:
        values[f"rel{FIELDS[drug]}"] = RELATED[drug in event.drugs]
        values[f"acn{FIELDS[drug]}"] = "NOT APPLICABLE" if event.fatal else _action(event, drug, story)
    return Record("ae", LOGS, story.person.on(event.start), values)


def _outcome(event: Event) -> str:
    ended = "NOT RECOVERED/NOT RESOLVED" if event.end is None else "RECOVERED/RESOLVED"
    return "FATAL" if event.fatal else ended


def _action(event: Event, drug: str, story: Story) -> str:
    """Return the planned action, or nothing to act on once the drug has been withdrawn."""
    stopped = [change.day for change in story.changes if change.drug == drug and change.action == "WITHDRAWN"]
    usual = "NOT APPLICABLE" if stopped and event.start > stopped[0] else "DOSE NOT CHANGED"
    return event.actions.get(drug, usual)


def _dlt(story: Story, stream: Stream) -> Record:
    limiting = [event for event in story.events if event.dlt]
    cycle = [item for item in story.intakes if item.drug == PALBOCICLIB and item.given and item.start < 21]
    taken = sum(min(item.end or 20, 20) - item.start + 1 - sum(day <= 20 for day in item.missed) for item in cycle)
    day = story.person.on(21 + stream.integer(0, 2))
    values: dict[str, object] = {"asdtc": day, "evaluable": "Y", "dlt": "Y" if limiting else "N", "planned": 21}
    values |= {"aenos": ",".join(str(event.number) for event in limiting), "taken": taken}
    return Record("dlt", LOGS, day, values)


def _samples(story: Story, stream: Stream) -> list[Record]:
    cycle = [intake for intake in story.intakes if intake.cycle == 1]
    samples = draw_samples(story.person.level, cycle, stream)
    return [_sample(story, sample, number, stream) for number, sample in enumerate(samples, start=1)]


def _sample(story: Story, sample: Sample, number: int, stream: Stream) -> Record:
    day = story.person.on(sample.day)
    values: dict[str, object] = {"analyte": "PALBOCICLIB", "tpt": sample.nominal, "unit": "ng/mL", "lloq": "1.00"}
    values |= {"pcdtc": day, "pctm": clock_text(sample.clock), "dosdtc": day, "dostm": clock_text(sample.dose_clock)}
    if sample.previous_clock is not None:
        values |= {"prvdtc": day - timedelta(days=1), "prvtm": clock_text(sample.previous_clock)}
    values |= {"dosprob": "NONE", "missed7": sample.missed7, "specimen": f"{story.person.subject}-P{number}"}
    below = sample.concentration < LLOQ
    text = tenths(sample.concentration // 10)
    values["conc"] = stream.choice(("<1.00", "BLQ")) if below else text
    return Record("pk", f"Cycle 1 Day {sample.day + 1}", day, values)
