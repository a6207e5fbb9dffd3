"""Raw folders for tests of the second programs: text tables become the CSV files of an extract."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

CLERICAL = ["SITE", "SUBJECT", "FOLDER", "RECPOS", "FORMSTATUS", "DELETED", "OPENQUERIES", "ENTRYTS"]
#: The values of config/nct03709082/study.yaml, written out: hand-worked expectations do not follow the configuration.
VALUES: dict[str, Any] = {
    "data_cutoff": date(2020, 12, 31),
    "rp2d.value": 125,
    "ci.level": 0.95,
    "ci.method": "clopper_pearson",
    "population.fas": "enrolled_and_dosed",
    "population.measurable": "as_entered",
    "response.source": "derived",
    "response.pr_persistence": "none",
    "response.cr_then_disease": "query_only",
    "response.missing_as_ne": False,
    "response.confirm_days": 28,
    "response.max_ne": 1,
    "response.accept_sd": False,
    "response.sd_min_days": 42,
    "cbr.min_days": 168,
    "tumor.new_lesion_blank": "no_if_form_present",
}
#: What the second program reads of each form, with the completed dates that it must not read.
COLUMNS = {
    "dm": "SEX ICDAT_RAW ICDAT",
    "enr": "ENRNO ENRDAT_RAW ENRDAT PHASE LEVEL COHORT SLOT AGAIN",
    "ex_oral": "DRUG EXNO GIVEN STDAT_RAW STDAT ENDAT_RAW ENDAT DOSE TAKEN DISPENSED RETURNED",
    "ex_tdm1": "CYCLE GIVEN EXDAT_RAW EXDAT WEIGHT MG",
    "tl": "LESION PARENT ORGAN NODAL DAT_RAW DAT DIAMETER UNIT STATE COMMENTS",
    "ntl": "LESION ORGAN NODAL DAT_RAW DAT STATE COMMENTS",
    "nl": "LESION PRESENT DAT_RAW DAT ORGAN NODAL CERTAINTY SIZE",
    "rs": "RSDAT_YY RSDAT_MM RSDAT_DD OVERALL OVERALL_STD MARKER",
    "act": "ACTNO KIND AGENT STDAT_RAW STDAT LESIONS",
    "eot": "DRUG LASTDAT_RAW LASTDAT REASON COMMENTS",
    "eos": "EOSDAT_RAW EOSDAT REASON DTHDAT_RAW DTHDAT CAUSE",
    "fu": "FUNO DONE FUDAT_RAW FUDAT STATUS DTHDAT_RAW DTHDAT PD",
    "ae": "AENO TERM DECOD BODSYS STDAT_RAW STDAT ENDAT_RAW ENDAT ONGOING GRADE SERIOUS RELPAL RELLET RELTDM ACNPAL "
    "ACNLET ACNTDM DISC OUTCOME DTHDAT_RAW DTHDAT DLT",
    "promis": "INSTR ITEM VERSION QSDAT_RAW QSDAT ANSWER NOTDONE REASND",
    "bcpt": "ITEM QSDAT_RAW QSDAT ANSWER NOTDONE REASND",
    "dlt": "ASDAT_RAW ASDAT EVALUABLE REASON DLT AENOS PLANNED TAKEN",
    "dosemod": "MODNO DRUG MODDAT_RAW MODDAT ACTION RESDAT_RAW RESDAT NEWDOSE REASON AENO",
    "pk": "ANALYTE TPT PCDAT_RAW PCDAT PCTM DOSDAT_RAW DOSDAT DOSTM PRVDAT_RAW PRVDAT PRVTM DOSPROB MISSED7 CONC UNIT "
    "LLOQ SPECIMEN",
}


def write_extract(
    folder: Path,
    tables: Mapping[str, str],
    encodings: Mapping[str, str] | None = None,
    delimiters: Mapping[str, str] | None = None,
) -> Path:
    """Write one file a form; a table has `|` between cells, blank means blank, columns not named are blank."""
    for form, names in COLUMNS.items():
        header = [*CLERICAL, *names.split()]
        lines = [header, *([row.get(name, "") for name in header] for row in _rows(tables.get(form, "")))]
        buffer = io.StringIO(newline="")
        csv.writer(buffer, delimiter=(delimiters or {}).get(form, ",")).writerows(lines)
        (folder / f"{form}.csv").write_bytes(buffer.getvalue().encode((encodings or {}).get(form, "utf-8")))
    return folder


def _rows(table: str) -> list[dict[str, str]]:
    lines = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]
    rows = [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]
    defaults = {"DELETED": "N", "OPENQUERIES": "0", "FORMSTATUS": "Locked"}
    return [defaults | {"SITE": row["SUBJECT"][:2], "RECPOS": str(n)} | row for n, row in enumerate(rows, start=1)]
