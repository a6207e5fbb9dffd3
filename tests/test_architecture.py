"""The rules of the house that no linter knows: each checker returns the offences it finds, and is tested itself."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULE_LINES, FUNCTION_LINES, SCRIPT_LINES = 400, 40, 15
# What lies directly in the package is shared by all stages, but for the command line above them.
SHARED = {file.stem for file in (ROOT / "crf2csr").glob("*.py")} - {"__init__", "__main__", "cli"}
STAGES = {"readers", "clean", "derive", "analyze", "display", "report", "simulate"}
MEETING = {"report": "crf2csr.display.model"}  # the display model is the data in which display and report meet
# What second programs do by code of their own; the rule of the escalation is shared by derive and analyze.
FIRST_PROGRAM = {"derive", "analyze", "escalation"}
HEAVY = {"scipy", "matplotlib", "plotnine", "statsmodels", "lifelines", "typst", "pikepdf"}
# Written in two parts, so that this file does not offend itself.
HOSTS = ("pypi" + ".org", "python" + "hosted.org", "anaconda" + ".org", "npmjs" + ".org", "deb.debian" + ".org")
FOLDERS = ("root", "home", "work", "tmp", "Users")
FORBIDDEN_TEXT = re.compile("|".join(map(re.escape, HOSTS)) + rf"|(?<![\w.~}})/-])/(?:{'|'.join(FOLDERS)})/")


def long_parts(source: str) -> list[str]:
    found = [f"module of {count} lines"] if (count := len(source.splitlines())) > MODULE_LINES else []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            found += [f"line {node.lineno}: {node.name} has {length} lines"] if length > FUNCTION_LINES else []
    return found


def imported_names(source: str, path: str) -> set[str]:
    """Return the dotted names imported anywhere in a file, relative ones too; `from a import b` gives a and a.b."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            folder = path.split("/")[:-1]
            base = folder[: len(folder) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            names |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return names


def project_parts(names: set[str]) -> set[str]:
    """Return the second part of each name in the package: `clean` for crf2csr.clean.dm."""
    split = [name.split(".") for name in names]
    return {parts[1] for parts in split if parts[0] == "crf2csr" and len(parts) > 1 and not parts[1].startswith("__")}


def foreign_imports(source: str, path: str) -> list[str]:
    """Stages meet in data only: a stage imports itself and the shared modules, a shared module other shared ones."""
    part = Path(path).parts[1].removesuffix(".py")
    if part not in STAGES | SHARED:
        return []
    meeting = MEETING.get(part, "-")
    names = {name for name in imported_names(source, path) if not f"{name}.".startswith(f"{meeting}.")}
    allowed = SHARED | ({part} & STAGES)
    return sorted(f"imports crf2csr.{name}" for name in project_parts(names) - allowed)


def qc_imports(source: str, path: str) -> list[str]:
    return sorted(f"imports crf2csr.{name}" for name in project_parts(imported_names(source, path)) & FIRST_PROGRAM)


def script_offences(source: str) -> list[str]:
    lines = [line for line in source.splitlines() if line.strip()]
    found = [f"{len(lines)} lines"] if len(lines) > SCRIPT_LINES else []
    branches = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.If | ast.IfExp | ast.Match)]
    return found + [f"line {node.lineno}: decides something" for node in branches]


def top_level_imports(source: str) -> set[str]:
    """Return the top names of what importing the file imports: everything outside functions and `if TYPE_CHECKING`."""
    names = set()
    for node in outside_functions(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add((node.module or "").split(".")[0])
    return names


def outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        typing_only = isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING")
        if not typing_only and not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from outside_functions(child)


def heavy_imports(source: str, path: str) -> list[str]:
    light = Path(path).parts[1] in {"display", "report"}
    return sorted(f"imports {name} at module level" for name in top_level_imports(source) & heavy(light))


def heavy(light: bool) -> set[str]:
    return HEAVY | {"pandas", "pyarrow", "numpy"} if light else HEAVY


def forbidden_text(text: str) -> list[str]:
    return [f"line {text[: match.start()].count(chr(10)) + 1}: {match[0]}" for match in FORBIDDEN_TEXT.finditer(text)]


def python_files(*folders: str) -> list[str]:
    files = [file for folder in folders for file in (ROOT / folder).rglob("*.py")]
    return sorted(file.relative_to(ROOT).as_posix() for file in files)


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def offences(found: dict[str, list[str]]) -> list[str]:
    return [f"{path}: {offence}" for path, each in found.items() for offence in each]


def test_modules_and_functions_are_short() -> None:
    files = python_files("crf2csr", "scripts", "qc")
    assert files
    assert offences({path: long_parts(read(path)) for path in files}) == []


def test_stages_do_not_import_each_other() -> None:
    assert offences({path: foreign_imports(read(path), path) for path in python_files("crf2csr")}) == []


def test_qc_is_independent() -> None:
    assert offences({path: qc_imports(read(path), path) for path in python_files("qc")}) == []


def test_scripts_are_thin() -> None:
    assert offences({path: script_offences(read(path)) for path in python_files("scripts")}) == []


def test_heavy_libraries_are_imported_where_they_are_used() -> None:
    assert offences({path: heavy_imports(read(path), path) for path in python_files("crf2csr")}) == []


def test_display_and_report_load_no_data_library_by_any_way() -> None:
    paths = python_files("crf2csr/display", "crf2csr/report")
    modules = [path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in paths]
    code = f"import sys, {', '.join(modules)}; print(*sorted({heavy(light=True)!r} & set(sys.modules)))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    loaded = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="which files belong to the project is asked of git")
def test_no_file_names_a_registry_or_a_folder_of_one_machine() -> None:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    texts = {name: (ROOT / name).read_bytes() for name in sorted(set(names)) if name and (ROOT / name).is_file()}
    assert texts
    assert offences({name: forbidden_text(text.decode("utf-8", "replace")) for name, text in texts.items()}) == []


def test_length_checker() -> None:
    body = "    pass\n" * FUNCTION_LINES
    assert long_parts("x = 1\n" * MODULE_LINES) == []
    assert long_parts("x = 1\n" * (MODULE_LINES + 1)) == ["module of 401 lines"]
    assert long_parts("def f():\n" + body.removesuffix("    pass\n")) == []
    assert long_parts("class A:\n  def f(self):\n" + body) == ["line 2: f has 41 lines"]


@pytest.mark.parametrize(
    ("path", "source", "expected"),
    [
        (
            "crf2csr/derive/adsl.py",
            "import os\nfrom crf2csr.study import uses\nfrom crf2csr.derive.rules import dates",
            [],
        ),
        ("crf2csr/derive/adsl.py", "from crf2csr.clean.dm import dm", ["imports crf2csr.clean"]),
        ("crf2csr/derive/adsl.py", "from crf2csr import study, report", ["imports crf2csr.report"]),
        ("crf2csr/derive/rules/dates.py", "from ..adsl import x", []),
        ("crf2csr/derive/rules/dates.py", "from ...clean import x", ["imports crf2csr.clean"]),
        ("crf2csr/clean/dm.py", "def f():\n    import crf2csr.analyze.counts", ["imports crf2csr.analyze"]),
        ("crf2csr/simulate/trial.py", "from crf2csr import derive", ["imports crf2csr.derive"]),
        ("crf2csr/display/tables/a.py", "from crf2csr.simulate import x", ["imports crf2csr.simulate"]),
        ("crf2csr/study.py", "from crf2csr.derive import x", ["imports crf2csr.derive"]),
        ("crf2csr/clean/dm.py", "from crf2csr.cli import main", ["imports crf2csr.cli"]),
        ("crf2csr/cli.py", "from crf2csr.derive import x", []),
        ("crf2csr/report/pdf.py", "from crf2csr.display.model import Table", []),
        ("crf2csr/report/pdf.py", "from crf2csr.display.numbers import x", ["imports crf2csr.display"]),
        ("crf2csr/analyze/a.py", "from crf2csr.display.model import Table", ["imports crf2csr.display"]),
    ],
)
def test_stage_checker(path: str, source: str, expected: list[str]) -> None:
    assert foreign_imports(source, path) == expected


def test_qc_checker() -> None:
    source = (
        "from crf2csr.study import x\nfrom crf2csr.derive.adrs import y\ndef f():\n    from crf2csr import analyze\n"
    )
    assert qc_imports(source, "qc/response.py") == ["imports crf2csr.analyze", "imports crf2csr.derive"]
    assert qc_imports("from crf2csr.escalation import decide", "qc/a.py") == ["imports crf2csr.escalation"]


def test_script_checker() -> None:
    assert script_offences("import sys\n\n\nprint(sys.argv)\n" + "x = 1\n" * 13) == []
    assert script_offences("x = 1\n" * 16) == ["16 lines"]
    assert script_offences("x = 1\nif x:\n    y = 2 if x else 3") == [
        "line 2: decides something",
        "line 3: decides something",
    ]


@pytest.mark.parametrize(
    ("path", "source", "expected"),
    [
        ("crf2csr/display/tables/a.py", "import pandas as pd", ["imports pandas at module level"]),
        ("crf2csr/report/pdf.py", "try:\n    from pandas import NA\nexcept E: ...", ["imports pandas at module level"]),
        ("crf2csr/display/a.py", "class A:\n    import pyarrow.csv", ["imports pyarrow at module level"]),
        ("crf2csr/display/a.py", "def f():\n    import pandas, matplotlib.pyplot", []),
        ("crf2csr/display/a.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pandas as pd", []),
        ("crf2csr/derive/a.py", "import pandas as pd\nimport numpy as np", []),
        ("crf2csr/analyze/a.py", "from scipy.stats import beta", ["imports scipy at module level"]),
    ],
)
def test_import_weight_checker(path: str, source: str, expected: list[str]) -> None:
    assert heavy_imports(source, path) == expected


def test_text_checker() -> None:
    for host in HOSTS:
        assert forbidden_text(f"a\nsee https://{host}/x") == [f"line 2: {host}"]
    for folder in FOLDERS:
        assert forbidden_text(f"open('/{folder}/a.csv')") == [f"line 1: /{folder}/"]
        assert forbidden_text(f"results/{folder}/a.csv, https://example.org/{folder}/") == []
