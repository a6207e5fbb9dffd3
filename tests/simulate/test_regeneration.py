"""The committed extracts are what the simulator makes, byte for byte; nothing else is."""

import csv
from pathlib import Path

import pytest

from crf2csr.errors import InputError
from crf2csr.lock.manifest import MANIFEST, build_manifest, manifest_bytes, verify_manifest
from crf2csr.simulate.extract import Extract, planted_csv, write_extract
from crf2csr.simulate.layout import column_of
from crf2csr.simulate.streams import Stream, compound, exponential
from crf2csr.simulate.trial import simulate

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data" / "nct03709082"
CUTS = ("full", "as_enrolled")


@pytest.mark.parametrize("cut", CUTS)
def test_data_folder_holds_the_simulated_bytes(cut: str, extracts: dict[str, Extract]) -> None:
    found = {path.name: path.read_bytes() for path in (DATA / cut).iterdir() if path.name != MANIFEST}
    assert found == extracts[cut].files


@pytest.mark.parametrize("cut", CUTS)
def test_manifest_is_rebuilt_byte_for_byte(cut: str, extracts: dict[str, Extract], tmp_path: Path) -> None:
    write_extract(extracts[cut], tmp_path)
    content = manifest_bytes(build_manifest(tmp_path, extracts[cut].encodings))
    assert content == (DATA / cut / MANIFEST).read_bytes()
    verify_manifest(DATA / cut)


@pytest.mark.parametrize("cut", CUTS)
def test_planted_list_is_rebuilt_byte_for_byte(cut: str, extracts: dict[str, Extract]) -> None:
    assert planted_csv(extracts[cut]) == (ROOT / "tests" / "planted" / f"{cut}.csv").read_bytes()


@pytest.mark.parametrize("cut", CUTS)
def test_another_seed_gives_other_data_of_the_same_shape(cut: str, extracts: dict[str, Extract]) -> None:
    other = simulate(cut, seed=7)
    assert other.files.keys() == extracts[cut].files.keys()
    assert all(other.files[name] != content for name, content in extracts[cut].files.items())


def test_unknown_scenario_is_refused() -> None:
    with pytest.raises(InputError, match="full, as_enrolled"):
        simulate("phase3")


def test_extracts_are_small() -> None:
    assert sum(path.stat().st_size for path in DATA.rglob("*") if path.is_file()) < 6_000_000


def test_streams_of_other_names_do_not_disturb_each_other() -> None:
    alone = Stream(1, "a").uniform()
    other = Stream(1, "b")
    other.uniform()
    assert Stream(1, "a").uniform() == alone
    assert Stream(1, "a").uniform() != Stream(1, "b").uniform()


def test_numbers_need_no_mathematics_library() -> None:
    """compound: 1.5**3 = 3.375 exactly. exponential(1) = 2.718281828 (e), exponential(-2) = 0.135335283."""
    assert compound(1.5, 3) == 3.375
    assert exponential(1.0) == pytest.approx(2.718281828, rel=1e-6)
    assert exponential(-2.0) == pytest.approx(0.135335283, rel=1e-6)


@pytest.mark.parametrize("cut", CUTS)
def test_planted_rows_exist_and_hold_the_value(cut: str, extracts: dict[str, Extract], read) -> None:
    forms = read(extracts[cut])
    with (ROOT / "tests" / "planted" / f"{cut}.csv").open(encoding="utf-8", newline="") as handle:
        lines = list(csv.DictReader(handle))
    assert lines
    for line in lines:
        assert line["file"] == f"{line['form']}.csv"
        if line["row"] == "1":
            assert line["value"] in forms[line["form"]][0]
            continue
        row = forms[line["form"]][int(line["row"]) - 2]
        assert row["SUBJECT"].strip() == line["subject"]
        column = column_of(line["form"], line["field"])
        assert line["value"] == (row[column] if column else "")
