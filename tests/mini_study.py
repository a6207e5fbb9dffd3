"""A copied tree that holds the tiny study `mini`: what reruns, kills, tampering and byte tests work on."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("crf2csr", "scripts", "workflow", "profiles", "reports", "qc", "Snakefile", "requirements.lock")
RESULTS = Path("results/mini/one")


def copy_tree(target: Path) -> Path:
    """Copy the program without its studies, and the tiny study in their place."""
    ignore = shutil.ignore_patterns("__pycache__")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=ignore)
        else:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target / name)
    for name in ("contracts", "codelists", "instruments"):
        shutil.copytree(ROOT / "config" / name, target / "config" / name)
    shutil.copytree(ROOT / "tests/mini/config/mini", target / "config/mini")
    shutil.copytree(ROOT / "tests/mini/data", target / "data")
    (target / "config/config.yaml").write_text("study: mini\ncut: one\n")
    return target


def snakemake(tree: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run plain Snakemake in the tree."""
    command = [sys.executable, "-m", "snakemake", "--cores", "2", *arguments]
    return subprocess.run(
        command, cwd=tree, env=clean_environment(environment), capture_output=True, text=True, check=False
    )


def crf2csr(tree: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line of the tree."""
    settings = clean_environment({"PYTHONPATH": str(tree), **environment})
    command = [sys.executable, "-m", "crf2csr", *arguments]
    return subprocess.run(command, cwd=tree, env=settings, capture_output=True, text=True, check=False)


def clean_environment(extra: dict[str, str]) -> dict[str, str]:
    """Return this environment without what would make the copy run the original."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHONPATH", "PYTEST", "COV_"))}
    return {**kept, **extra}


def planned_jobs(tree: Path) -> set[str]:
    """Return the jobs that a dry run would start, by the first words of their messages (`display t-1`, `report`)."""
    result = snakemake(tree, "--dry-run")
    text = result.stdout + result.stderr
    assert result.returncode == 0, text
    return {found.split(":")[0] for found in re.findall(r"^Job \d+: (.*)$", text, flags=re.MULTILINE)} - {"results"}


def hashes(tree: Path) -> dict[str, str]:
    """Return the sha256 of every result by its path."""
    files = sorted(path for path in (tree / RESULTS).rglob("*") if path.is_file())
    return {str(path.relative_to(tree)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def replace(path: Path, old: str, new: str) -> None:
    """Replace text that stands exactly once in a file."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path}: {text.count(old)} times {old!r}"
    path.write_text(text.replace(old, new), encoding="utf-8")
