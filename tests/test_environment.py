"""One place for bounds: requirements.lock and environment.yml say the same as pyproject.toml."""

import re
import tomllib
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
CONDA_NAMES = {"matplotlib-base": "matplotlib", "snakemake-minimal": "snakemake"}  # conda's names for the same package


def project_bounds() -> dict[str, SpecifierSet]:
    groups = [PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"].values()]
    return bounds([line for group in groups for line in group])


def constraints() -> dict[str, SpecifierSet]:
    return bounds(PROJECT["tool"]["uv"]["constraint-dependencies"])


def bounds(lines: list[str]) -> dict[str, SpecifierSet]:
    requirements = [Requirement(line) for line in lines]
    return {canonicalize_name(requirement.name): requirement.specifier for requirement in requirements}


def locked(text: str) -> list[tuple[Requirement, list[str]]]:
    """Return each requirement of a lock with its hashes; a statement goes on where a line ends in a backslash."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    statements = "\n".join(lines).replace("\\\n", " ").splitlines()
    parts = [statement.split("--hash=") for statement in statements if statement.strip()]
    return [(Requirement(requirement.strip()), [value.strip() for value in hashes]) for requirement, *hashes in parts]


def versions(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for requirement, _ in locked(text):
        (pin,) = requirement.specifier
        assert pin.operator == "==", requirement
        found.setdefault(canonicalize_name(requirement.name), []).append(pin.version)
    return found


def conda_bounds() -> dict[str, SpecifierSet]:
    entries = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    lines = [entry for entry in entries if isinstance(entry, str) and entry != "pip"]
    from_pip = [line for entry in entries if isinstance(entry, dict) for line in entry["pip"]]
    return {CONDA_NAMES.get(name, name): specifier for name, specifier in bounds(lines + from_pip).items()}


def test_lock_reader_joins_lines_and_keeps_markers() -> None:
    text = "# made\na==1.0 ; sys_platform == 'win32' \\\n  --hash=sha256:aa \\\n  --hash=sha256:bb\n  # via c\nb==2\n"
    (first, hashes), (second, none) = locked(text)
    assert (first.name, str(first.marker), hashes) == ("a", 'sys_platform == "win32"', ["sha256:aa", "sha256:bb"])
    assert (second.name, none) == ("b", [])


def test_every_dependency_is_locked_once_within_its_bounds() -> None:
    pins = versions(LOCK)
    for name, specifier in (project_bounds() | constraints()).items():
        assert len(pins.get(name, [])) == 1, f"{name}: {pins.get(name, 'not in requirements.lock')}; run make lock"
        assert specifier.contains(pins[name][0]), f"{name}: {pins[name][0]} is not {specifier}; run make lock"


def test_every_locked_package_has_one_version_and_hashes() -> None:
    assert {name: found for name, found in versions(LOCK).items() if len(found) > 1} == {}
    for requirement, hashes in locked(LOCK):
        assert hashes, requirement
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", value) for value in hashes), requirement


def test_lock_names_no_address_and_no_path() -> None:
    assert re.findall(r"://|--\w*index|--find-links|@ |\bfile:", LOCK) == []


def test_conda_environment_has_the_same_bounds() -> None:
    python = {"python": SpecifierSet(PROJECT["project"]["requires-python"])}
    assert conda_bounds() == project_bounds() | constraints() | python
