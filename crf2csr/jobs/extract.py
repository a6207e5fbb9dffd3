"""Extracts: the manifest of one that arrived, and a synthetic one."""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from crf2csr.errors import InputError
from crf2csr.files import write_bytes
from crf2csr.lock.manifest import MANIFEST, snapshot_id, verify_manifest, write_manifest
from crf2csr.mapping import load_mapping
from crf2csr.study import Study, load_study

if TYPE_CHECKING:
    from crf2csr.simulate.extract import Extract


def receive(study: Study) -> str:
    """Write the manifest of the extract of a cut and return the snapshot id; an extract already received is verified.

    Raises InputError if a mapped file or column is absent (then nothing is written), or if the files are no longer
    those of the manifest: what arrives again belongs to a new cut.
    """
    if not (study.extract / MANIFEST).exists():
        mapping = load_mapping(study.mapping)
        importlib.import_module(f"crf2csr.readers.{mapping.reader}").check_extract(study.extract, mapping)
        write_manifest(study.extract, encodings(study))
    return verify_manifest(study.extract)


def encodings(study: Study) -> dict[str, str]:
    """Return the declared encoding of each file of the extract."""
    mapping = load_mapping(study.mapping)
    mapped = {spec.file: spec.encoding or mapping.encoding for spec in mapping.forms.values()}
    others = {spec.file: mapping.encoding for spec in (*mapping.domains.values(), *mapping.not_mapped.values())}
    return {**mapped, **others}


def simulate_extract(
    study_name: str, scenario: str, seed: int | None, out: Path, planted: Path | None, system: str = ""
) -> str:
    """Write a synthetic extract with its manifest into a new folder, the list of planted defects beside it if asked.

    `system` names another system that exports the same records: redcap, odm, sas or excel. Returns the snapshot id.
    Raises InputError if the folder is not empty: an extract is never overwritten.
    """
    from crf2csr.simulate.extract import planted_csv, write_extract
    from crf2csr.simulate.trial import simulate

    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(f"{out}: not an empty folder; an extract is never overwritten, give a new one")
    made = simulate(scenario, seed)
    study = load_study(study_name, scenario)
    if system:
        study = _exported(made, study, system, out)
    else:
        write_extract(made, out)
    write_manifest(out, encodings(study))
    if planted:
        write_bytes(planted, planted_csv(made))
    return snapshot_id((out / MANIFEST).read_bytes())


def _exported(made: Extract, study: Study, system: str, out: Path) -> Study:
    """Write an extract as another system exports it; return the study that reads it with the mapping of that system."""
    from crf2csr.jobs.check import read_forms
    from crf2csr.simulate.exports.transfer import transfer
    from crf2csr.simulate.extract import write_extract

    old, path = load_mapping(study.mapping), study.mapping.with_name(f"{system}.yaml")
    new = load_mapping(path)
    with TemporaryDirectory() as folder:
        write_extract(made, Path(folder))
        frames = transfer(read_forms(replace(study, extract=Path(folder)), old), old, new)
    out.mkdir(parents=True, exist_ok=True)
    importlib.import_module(f"crf2csr.simulate.exports.{system}").write(frames, new, out)
    return replace(study, extract=out, mapping=path)
