"""Raw files for tests: records of a form as CSV, written, read and prepared with the mapping of the demonstration."""

from __future__ import annotations

import csv
import io
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from crf2csr.clean.forms import Form, prepare_form
from crf2csr.contracts import ROOT
from crf2csr.mapping import Mapping, load_mapping
from crf2csr.readers.csv_forms import read_form
from crf2csr.study import AcceptedDuplicate, View, load_study

MAPPING = load_mapping(ROOT / "config" / "nct03709082" / "mappings" / "edc_csv.yaml")
STUDY = load_study("nct03709082", "full")
#: What a record says about itself if a test says nothing else.
PLAIN = {
    "SITE": "01",
    "SUBJECT": "01-001",
    "FOLDER": "Screening",
    "RECPOS": "1",
    "FORMSTATUS": "Locked",
    "DELETED": "N",
    "OPENQUERIES": "0",
    "ENTRYTS": "2019-03-05 10:00:00",
}


def header(form: str, mapping: Mapping = MAPPING) -> list[str]:
    """Return every column that the mapping knows of a form."""
    return [*mapping.needed_columns(form), *mapping.ignored_columns(form)]


def csv_text(form: str, *records: dict[str, str], delimiter: str = ",", line_end: str = "\n") -> str:
    """Return records as CSV; a record names only the columns that matter."""
    lines = io.StringIO()
    writer = csv.DictWriter(lines, header(form), restval="", delimiter=delimiter, lineterminator=line_end)
    writer.writeheader()
    writer.writerows(numbered(records))
    return lines.getvalue()


def numbered(records: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Return records with what PLAIN says, counted within subject and visit as an EDC counts them."""
    counts: Counter[tuple[str, str]] = Counter()
    result = []
    for record in records:
        full = {**PLAIN, **record}
        counts[full["SUBJECT"].strip(), full["FOLDER"]] += 1
        result.append({**full, "RECPOS": str(counts[full["SUBJECT"].strip(), full["FOLDER"]]), **record})
    return result


def written(folder: Path, form: str, text: str | bytes, encoding: str = "utf-8") -> Path:
    """Write the file of a form and return its path."""
    path = folder / MAPPING.forms[form].file
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def extract(folder: Path, **texts: str) -> Path:
    """Write an extract as the mapping declares it, header rows only where `texts` gives no text of a form."""
    for form in MAPPING.forms:
        encoding = MAPPING.forms[form].encoding or "utf-8"
        text = texts.get(form, csv_text(form, delimiter=MAPPING.forms[form].delimiter or ","))
        written(folder, form, text, encoding)
    for form in MAPPING.not_mapped.values():
        (folder / form.file).write_text("ANY\n")
    (folder / "manifest.json").write_text("{}")
    return folder


def raw_frame(form: str, *records: dict[str, str], **changes: Any) -> pd.DataFrame:
    """Return records as `read_form` returns them, without a file; `changes` replace parts of the mapping."""
    columns = header(form, changed(**changes))
    cells = numbered(records)
    unknown = {name for record in cells for name in record} - set(columns)
    assert not unknown, f"{form} has no {unknown}"
    texts = [[record.get(name, "") for name in columns] for record in cells]
    frame = pd.DataFrame(texts, columns=columns, dtype="string")
    return frame.assign(
        RAWFILE=pd.array([MAPPING.forms[form].file] * len(frame), dtype="string"),
        RAWROW=pd.array(range(2, len(frame) + 2), dtype="Int64"),
    )


def changed(**changes: Any) -> Mapping:
    """Return the mapping with some of its parts replaced."""
    return MAPPING.model_copy(update=changes)


def with_field(form: str, name: str, **changes: Any) -> dict[str, Any]:
    """Return the change of a mapping that gives one field other options: `changed(**with_field(...))`."""
    old = MAPPING.forms[form]
    fields = {**old.fields, name: old.fields[name].model_copy(update=changes)}
    return {"forms": {**MAPPING.forms, form: old.model_copy(update={"fields": fields})}}


def view(*accepted: AcceptedDuplicate) -> View:
    """Return what `prepare_form` sees of the demonstration study."""
    return replace(STUDY, accepted_duplicates=accepted).view(())


def prepared(form: str, *records: dict[str, str], accepted: tuple[AcceptedDuplicate, ...] = (), **changes: Any) -> Form:
    """Return the prepared form of some records."""
    return prepare_form(raw_frame(form, *records, **changes), form, changed(**changes), view(*accepted))


def read_text(form: str, text: str | bytes, encoding: str = "utf-8", **changes: Any) -> pd.DataFrame:
    """Return a file as `read_form` reads it, from a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        return read_form(written(Path(folder), form, text, encoding), form, changed(**changes))


def rules(form: Form) -> list[tuple[str, str, int]]:
    """Return rule, field and row of the queries of a form."""
    return [(row.rule, row.field, int(row.RAWROW)) for row in form.queries.itertuples()]
