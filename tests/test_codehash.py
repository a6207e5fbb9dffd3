import os
import subprocess
import sys
from pathlib import Path

import pytest

from crf2csr.codehash import code_hash, declared_keys, import_closure
from crf2csr.errors import InputError

ROOT = Path(__file__).resolve().parent.parent


def write_tree(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def closure(root: Path, name: str) -> list[str]:
    return [file.relative_to(root.resolve()).as_posix() for file in import_closure(Path(name), root)]


PACKAGE = {"pkg/__init__.py": "", "pkg/sub/__init__.py": "", "pkg/a.py": "", "pkg/b.py": "", "pkg/sub/deep.py": ""}
INIT = ["pkg/__init__.py"]
SUB = [*INIT, "pkg/sub/__init__.py"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import os, json, pandas", INIT),
        ("import pkg.a", [*INIT, "pkg/a.py"]),
        ("import pkg.sub.deep as d", [*SUB, "pkg/sub/deep.py"]),
        ("from pkg import a", [*INIT, "pkg/a.py"]),
        ("from pkg import missing_name", INIT),
        ("from pkg.a import value", [*INIT, "pkg/a.py"]),
        ("from pkg.sub import deep, other", [*SUB, "pkg/sub/deep.py"]),
        ("from pkg.a import *", [*INIT, "pkg/a.py"]),
        ("from . import a", [*INIT, "pkg/a.py"]),
        ("from .sub.deep import value", [*SUB, "pkg/sub/deep.py"]),
        ("def f():\n    from pkg.b import x\n", [*INIT, "pkg/b.py"]),
        ("class A:\n    def f(self):\n        import pkg.b\n", [*INIT, "pkg/b.py"]),
        ("'import pkg.a'\n# import pkg.b", INIT),
    ],
)
def test_each_form_of_import_leads_to_its_files(tmp_path: Path, source: str, expected: list[str]) -> None:
    root = write_tree(tmp_path, {**PACKAGE, "pkg/start.py": source})
    assert closure(root, "pkg/start.py") == sorted([*expected, "pkg/start.py"])


def test_relative_import_from_a_package_file_and_one_folder_up(tmp_path: Path) -> None:
    tree = {"pkg/sub/__init__.py": "from .deep import x", "pkg/sub/start.py": "from ..a import y\nfrom .. import b"}
    root = write_tree(tmp_path, {**PACKAGE, **tree})
    expected = ["pkg/__init__.py", "pkg/a.py", "pkg/b.py", "pkg/sub/__init__.py", "pkg/sub/deep.py", "pkg/sub/start.py"]
    assert closure(root, "pkg/sub/start.py") == expected


def test_imports_are_followed_through_other_modules_and_circles(tmp_path: Path) -> None:
    chain = {"run.py": "from pkg import a", "pkg/a.py": "def f():\n    import pkg.b", "pkg/b.py": "import pkg.a"}
    root = write_tree(tmp_path, {**PACKAGE, **chain})
    assert closure(root, "run.py") == ["pkg/__init__.py", "pkg/a.py", "pkg/b.py", "run.py"]


def test_folder_without_init_is_followed_too(tmp_path: Path) -> None:
    root = write_tree(tmp_path, {"plain/one.py": "from plain import two\nimport plain.two", "plain/two.py": ""})
    assert closure(root, "plain/one.py") == ["plain/one.py", "plain/two.py"]


def test_closure_of_a_real_module_holds_every_file_that_python_loads() -> None:
    module = "crf2csr.study"
    code = f"import sys, {module}; print(*(m.__file__ for n, m in sys.modules.items() if n.split('.')[0] == 'crf2csr'))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    loaded = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    files = {str(file) for file in import_closure(Path("crf2csr/study.py"), ROOT)}
    assert len(files) > 1
    assert set(loaded.stdout.split()) <= files


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x = 1\nimport pkg.gone", "line 2: imports 'pkg.gone', which is no module"),
        ("from .gone import x", "line 1: imports 'pkg.gone', which is no module"),
        ("from ... import a", "line 1: the relative import leaves the project folder"),
        ("x = = 1", "line 1: not readable as Python"),
    ],
)
def test_defect_in_a_module_is_one_clear_error(tmp_path: Path, source: str, message: str) -> None:
    root = write_tree(tmp_path, {**PACKAGE, "pkg/start.py": source})
    with pytest.raises(InputError, match=r"pkg.start\.py, " + message):
        import_closure(Path("pkg/start.py"), root)


def test_missing_file_and_file_outside_the_project_are_refused(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "inside", PACKAGE)
    (tmp_path / "outside.py").write_text("")
    with pytest.raises(InputError, match=r"gone\.py: file not found"):
        import_closure(Path("pkg/gone.py"), root)
    with pytest.raises(InputError, match=r"gone\.csv: file not found"):
        code_hash(Path("pkg/a.py"), Path("gone.csv"), root=root)
    with pytest.raises(InputError, match=r"outside\.py: lies outside the project"):
        code_hash(Path("../outside.py"), root=root)


TREE = {**PACKAGE, "run.py": "from pkg import a", "contract.csv": "variable\nUSUBJID\n", "unused.csv": "x\n"}


@pytest.mark.parametrize(
    ("changed", "differs"),
    [
        ({}, False),
        ({"run.py": "from pkg import a  # why"}, True),
        ({"pkg/a.py": "x = 1"}, True),
        ({"pkg/__init__.py": "x = 1"}, True),
        ({"contract.csv": "variable\nSUBJID\n"}, True),
        ({"pkg/b.py": "x = 1"}, False),
        ({"unused.csv": "y\n"}, False),
    ],
)
def test_hash_follows_the_content_of_exactly_the_files_used(
    tmp_path: Path, changed: dict[str, str], differs: bool
) -> None:
    first = write_tree(tmp_path / "first", TREE)
    second = write_tree(tmp_path / "second", {**TREE, **changed})
    hashes = {code_hash(Path("run.py"), Path("contract.csv"), root=root) for root in (first, second)}
    assert (len(hashes) == 2) is differs


def test_hash_depends_on_names_and_not_on_the_order_of_arguments(tmp_path: Path) -> None:
    root = write_tree(tmp_path, {"a.csv": "1", "b.csv": "2", "same_as_a.csv": "1"})
    a, b, c = Path("a.csv"), Path("b.csv"), Path("same_as_a.csv")
    assert code_hash(a, b, root=root) == code_hash(b, a, root=root) == code_hash(a, b, a, root=root)
    assert code_hash(a, root=root) != code_hash(c, root=root)


def test_hash_tells_where_one_file_ends(tmp_path: Path) -> None:
    two = write_tree(tmp_path / "two", {"a.csv": "1", "b.csv": "2"})
    one = write_tree(tmp_path / "one", {"a.csv": "1b.csv\0" + "2"})
    assert code_hash(Path("a.csv"), Path("b.csv"), root=two) != code_hash(Path("a.csv"), root=one)


def test_keys_are_read_from_the_decorator(tmp_path: Path) -> None:
    source = """
from crf2csr import study
from crf2csr.study import uses

@uses("teae.window_days", "reference.start")
def adsl(dm): ...

@other("no.key")
@study.uses("one.key")
def adrs(dm): ...

def plain(dm):
    @uses("inner.key")
    def inner(): ...
"""
    root = write_tree(tmp_path, {"m.py": source})
    assert declared_keys(Path("m.py"), "adsl", root) == ("teae.window_days", "reference.start")
    assert declared_keys(Path("m.py"), "adrs", root) == ("one.key",)
    assert declared_keys(Path("m.py"), "plain", root) == ()
    with pytest.raises(InputError, match="no function 'inner' at the top level"):
        declared_keys(Path("m.py"), "inner", root)


@pytest.mark.parametrize("arguments", ["*KEYS", "KEY", "f'{x}.y'", "'a' + 'b'"])
def test_computed_keys_are_refused(tmp_path: Path, arguments: str) -> None:
    root = write_tree(tmp_path, {"m.py": f"@uses({arguments})\ndef f(): ..."})
    with pytest.raises(InputError, match="line 1: @uses takes keys written out as text"):
        declared_keys(Path("m.py"), "f", root)


def test_an_import_counts_in_whatever_statement_it_stands(tmp_path):
    places = {
        "a": "try:\n    import pkg.a\nexcept ImportError:\n    pass\n",
        "b": "try:\n    pass\nexcept ImportError:\n    import pkg.b\n",
        "c": "try:\n    pass\nexcept ImportError:\n    pass\nelse:\n    import pkg.c\n",
        "d": "try:\n    pass\nfinally:\n    import pkg.d\n",
        "e": "match 1:\n    case 1:\n        import pkg.e\n",
        "f": "class F:\n    async def f(self):\n        async with self:\n            import pkg.f\n",
        "g": "for i in ():\n    pass\nelse:\n    from pkg import g\n",
        "h": "if True:\n    pass\nelif False:\n    from pkg import h\n",
        "i": "while True:\n    import pkg.i\n",
    }
    package = tmp_path / "pkg"
    package.mkdir()
    for name in ("__init__", *places):
        (package / f"{name}.py").write_text("")
    (package / "start.py").write_text("".join(places.values()))
    found = {path.stem for path in import_closure(Path("pkg/start.py"), tmp_path)}
    assert found == {"__init__", "start", *places}
