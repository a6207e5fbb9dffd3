"""The anchor participants of the demonstration: one for each branch of RECIST 1.1 and of the reasons for no response.

Target lesions: organ, side, lymph node, then one value a visit from baseline on: millimeters, `A` absent, `S` too
small to measure, `N` not evaluated, `M1` merged into T1, `X14.5+12` split into fragments. Non-target lesions: organ,
lymph node, one letter a visit: `P` present, `A` absent, `U` unequivocal progression, `N` not evaluated. Values are
authored so that a branch or an edge is reached (RECIST 1.1 sections 4.3 and 4.4); all others come from the model.
"""

from crf2csr.simulate.model import NewLesion, Plan

LIVER, LUNG, NODE, BREAST, WALL = "Liver", "Lung", "Lymph node", "Breast", "Chest wall"

NEUTROPHILS, PLATELETS = "Neutrophil count decreased", "Platelet count decreased"
LIVER_TEST = "Aspartate aminotransferase increased"
_LEADIN = {
    1: Plan(
        "split lesion",
        stop=(160, "ADVERSE EVENT"),
        targets=((LIVER, "", False, "40 32 X14.5+12 X16+13.5 X22+19"), (LUNG, "LEFT", False, "20 14 12 12 14")),
        others=(),
    ),
    2: Plan(
        "merged lesions",
        stop=(131, "ADVERSE EVENT"),
        targets=((LIVER, "", False, "20 18 33 41"), (LIVER, "", False, "20 17 M1 M1")),
        others=(("Bone", False, "PPPP"),),
    ),
    4: Plan(
        "too small to measure",
        targets=((LUNG, "RIGHT", False, "16 S S A 9"), (LIVER, "", False, "24 15 12 14 17")),
        others=(),
    ),
    5: Plan("dose limiting toxicity at 100 mg", toxicities=((1, "Febrile neutropenia", 3, "hold reduce"),), quiet=True),
    6: Plan("dose reduced at 100 mg", toxicities=((2, NEUTROPHILS, 3, "hold"), (4, NEUTROPHILS, 3, "reduce"))),
    7: Plan(
        "one lesion not evaluated",
        targets=((LUNG, "LEFT", False, "28 22 20 20 26"), (NODE, "LEFT", True, "18 15 N 14 17")),
        others=(),
    ),
    8: Plan(
        "+20 % and +5 mm exactly",
        targets=((LIVER, "", False, "18 12.3 14.9"), (LUNG, "RIGHT", False, "19 12.7 15.1")),
        others=(("Bone", False, "PPP"),),
    ),
    9: Plan(
        "target lesion irradiated",
        targets=((WALL, "LEFT", False, "26 22 15 12 12"), (LIVER, "", False, "20 18 18 19 20")),
        others=(),
        radiotherapy=(84, "T1"),
        habit="keeps irradiated",
        new=(NewLesion(4, "Brain", size="9"),),
    ),
    10: Plan(
        "CR with nodes below 10 mm",
        targets=((NODE, "LEFT", True, "22 14 8 7.5 8 8.5 8 8 7.5 8"), (LIVER, "", False, "15 8 A A A A A A A A")),
        others=(),
        new=(NewLesion(9, "Brain", size="11"),),
        toxicities=(
            (1, NEUTROPHILS, 3, "hold"),
            (3, NEUTROPHILS, 3, "reduce"),
            (8, PLATELETS, 3, "omit"),
            (13, NEUTROPHILS, 3, "skip"),
        ),
    ),
    11: Plan(
        "reappearance after CR",
        targets=((LUNG, "LEFT", False, "14 A A A 6"), (LUNG, "RIGHT", False, "11 S A A A")),
        others=((NODE, True, "PPAAA"),),
    ),
    12: Plan(
        "dose limiting toxicity at 125 mg",
        kinetics=(0.72, 0.016, 0.0022),
        quiet=True,
        toxicities=((1, NEUTROPHILS, 4, "hold reduce"),),
    ),
    13: Plan(
        "PR unconfirmed, then SD",
        targets=((LIVER, "", False, "30 21 24 27"), (NODE, "RIGHT", True, "20 13 14 16")),
        others=(),
        toxicities=((1, NEUTROPHILS, 3, "hold"), (3, "Alanine aminotransferase increased", 3, "delay")),
    ),
    14: Plan(
        "non-measurable only: NON-CR/NON-PD",
        targets=(),
        others=(("Bone", False, "PPPPPPU"), ("Pleura", False, "PPPPPPP")),
        toxicities=(
            (2, NEUTROPHILS, 3, "hold"),
            (4, NEUTROPHILS, 3, "reduce"),
            (6, NEUTROPHILS, 3, "reduce"),
            (9, LIVER_TEST, 3, "reduce tdm"),
        ),
    ),
    15: Plan(
        "-30.0 % exactly",
        targets=((LIVER, "", False, "25.5 18.1 17.5 18.4 22"), (LUNG, "LEFT", False, "17.5 12.0 11.9 12.1 14")),
        others=(("Bone", False, "PPPPP"),),
    ),
}
_PHASE_TWO = {
    16: Plan(
        "PD by new lesion with smaller sum",
        targets=((LUNG, "RIGHT", False, "34 27 25"), (LIVER, "", False, "21 16.5 15")),
        others=(),
        new=(NewLesion(2, "Brain", size="8"),),
    ),
    17: Plan(
        "two missed scans before death",
        targets=((LIVER, "", False, "38 33 33 33 33"), (NODE, "LEFT", True, "24 21 22 22 22")),
        others=(),
        missed=(3, 4),
        stop=(171, "PHYSICIAN DECISION"),
        death=(291, "DISEASE PROGRESSION"),
    ),
    18: Plan(
        "equivocal new lesion, later confirmed",
        targets=((BREAST, "LEFT", False, "29 24 22 23"), (LUNG, "LEFT", False, "16 13 12 12")),
        others=(("Bone", False, "PPPP"),),
        new=(NewLesion(2, LIVER, certainty="EQUIVOCAL", size="6", confirmed_visit=3),),
    ),
    19: Plan(
        "non-target unequivocal progression",
        stop=(95, "ADVERSE EVENT"),
        targets=((LIVER, "", False, "23 18 17 17.5"),),
        others=(("Bone", False, "PPPP"), ("Peritoneum", False, "PPPU")),
    ),
    20: Plan("early death before any scan", death=(44, "DISEASE PROGRESSION"), quiet=True),
    21: Plan("withdrawn before the first scan", stop=(38, "WITHDRAWAL BY SUBJECT"), quiet=True),
    22: Plan(
        "PR, NE, PR",
        stop=(170, "ADVERSE EVENT"),
        targets=((LUNG, "LEFT", False, "24 15 N 13 13 17.5"), (LIVER, "", False, "32 20 19 18 19 24")),
        others=(("Pleura", False, "PPPPPP"),),
    ),
    23: Plan(
        "non-measurable only: CR unconfirmed",
        targets=(),
        others=(("Pleura", False, "PPAP"), (NODE, True, "PPAA")),
        markers="NNNN",
    ),
    24: Plan(
        "non-measurable only: unequivocal progression",
        targets=(),
        others=(("Bone", False, "PPPU"), ("Skin", False, "PPPP")),
    ),
    25: Plan(
        "all lesions not evaluated",
        stop=(110, "ADVERSE EVENT"),
        targets=((LUNG, "RIGHT", False, "21 N 18 24"), (LIVER, "", False, "27 N 22 27")),
        others=(("Bone", False, "PNPP"),),
    ),
    26: Plan(
        "SD too early",
        targets=((LIVER, "", False, "20 19"), (LUNG, "LEFT", False, "13 13")),
        others=(),
        scan_days={1: 29},
        stop=(43, "WITHDRAWAL BY SUBJECT"),
    ),
    27: Plan(
        "no baseline tumor assessment",
        no_baseline=True,
        stop=(134, "PHYSICIAN DECISION"),
        quiet=True,
        missed=tuple(range(3, 40)),
    ),
    28: Plan(
        "new systemic therapy before PD",
        targets=((LIVER, "", False, "30 24 20 20 27"), (NODE, "RIGHT", True, "19 16 14 13 16")),
        others=(),
        stop=(148, "PHYSICIAN DECISION"),
        therapy_day=156,
    ),
    29: Plan(
        "PR unconfirmed, then PD",
        targets=((WALL, "RIGHT", False, "27 17 24"), (LIVER, "", False, "22 15 19")),
        others=(),
    ),
    30: Plan("fatal adverse event", kinetics=(0.45, 0.018, 0.0018), quiet=True, death=(152, "ADVERSE EVENT")),
    31: Plan("non-measurable only: new lesion", measurable=False, quiet=True, new=(NewLesion(1, LIVER, size="17"),)),
    32: Plan(
        "non-measurable only: not all evaluated",
        stop=(141, "ADVERSE EVENT"),
        targets=(),
        others=(("Bone", False, "PPPPU"), (NODE, True, "PPNPP")),
    ),
}
_PHASE_TWO_LATE = {
    33: Plan(
        "nodes only: CR kept below 10 mm, then regrowth",
        stop=(205, "ADVERSE EVENT"),
        targets=((NODE, "LEFT", True, "17 9.5 4 9.5 12"), (NODE, "RIGHT", True, "16 8 4 5 6")),
        others=(),
    ),
    34: Plan(
        "measured part alone is PD",
        targets=((LUNG, "LEFT", False, "20 22 42"), (LIVER, "", False, "15 15 33"), (LIVER, "", False, "15 14 N")),
        others=(),
    ),
    35: Plan(
        "investigator compares with baseline",
        targets=((BREAST, "RIGHT", False, "40 24 20 25 33 51"), (NODE, "RIGHT", True, "22 14 12 15 19 26")),
        others=(),
        habit="baseline",
    ),
    36: Plan(
        "investigator calls PD without evidence",
        kinetics=(0.12, 0.02, 0.0011),
        quiet=True,
        verdicts={2: {"target": "PD", "overall": "PD"}},
    ),
    37: Plan("response kept for long", kinetics=(0.66, 0.02, 0.0026), quiet=True),
    38: Plan(
        "target CR, non-target not evaluated",
        stop=(118, "ADVERSE EVENT"),
        targets=((LUNG, "RIGHT", False, "12 A A A 7"),),
        others=(("Bone", False, "PNPPP"),),
        verdicts={2: {"overall": "CR"}},
    ),
    39: Plan(
        "ineligible target lesion, new node",
        stop=(74, "ADVERSE EVENT"),
        targets=((LIVER, "", False, "14 12 12 13"),),
        others=(("Bone", False, "PPPP"),),
        thickness="8",
        new=(NewLesion(3, NODE, node=True, size="13"),),
    ),
    40: Plan("non-measurable only: ongoing", measurable=False, kinetics=(0.5, 0.012, 0.0004), quiet=True),
    41: Plan("new-lesion form absent", kinetics=(0.3, 0.02, 0.0022), quiet=True, no_new_form=(2,)),
    42: Plan("baseline scan too early", scan_days={0: -31}),
    43: Plan("ongoing at the cutoff", kinetics=(0.75, 0.02, 0.0015), quiet=True),
    44: Plan("scan after the cutoff", kinetics=(0.1, 0.02, 0.0025), quiet=True, scan_days={1: 63, 2: 126}),
    45: Plan("not yet due at the cutoff", quiet=True),
}
ANCHORS = {
    "full": _LEADIN | _PHASE_TWO | _PHASE_TWO_LATE,
    "as_enrolled": {
        1: Plan(
            "PR confirmed",
            targets=((LIVER, "", False, "31 22 17 14.5 14 13 13.5 14"), (NODE, "LEFT", True, "19 13 11 9 9.5 9 9 9")),
            others=(("Bone", False, "PPPPPPPP"),),
        ),
        2: Plan(
            "SD",
            targets=((LUNG, "RIGHT", False, "27 24 22.5 29"), (LIVER, "", False, "18 17 16 19")),
            others=(),
        ),
        3: Plan(
            "PD",
            targets=((BREAST, "LEFT", False, "33 41"), (NODE, "LEFT", True, "21 27")),
            others=(("Bone", False, "PP"),),
        ),
    },
}


def plan_of(scenario: str, position: int) -> Plan:
    """Return what is fixed for the participant enrolled at this position; nothing for a participant of the model."""
    return ANCHORS[scenario].get(position, Plan())
