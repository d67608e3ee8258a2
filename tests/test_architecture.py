"""The shape of the package: imports point one way, modules and functions stay small, the help starts quickly."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import cdisc_conv

ROOT = Path(cdisc_conv.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))
MOST_LINES = 500
MOST_FUNCTION_LINES = 60

# A package may import those of its own row and of the rows below it.
LAYERS = (
    ("cli",),
    ("compare", "draft"),
    ("package",),
    ("documents", "report", "define", "checks", "recist", "registry"),
    ("engine",),
    ("spec",),
    ("derivations",),
    ("expr", "standards", "raw", "xpt", "datafiles"),
    ("columns", "dataset", "steps"),
    (
        "beside",
        "docstrings",
        "findings",
        "keeping",
        "late",
        "parcels",
        "plug_ins",
        "problems",
        "resources",
        "tables",
        "visible",
        "workbooks",
        "workplace",
    ),
)
"""From top to bottom; `compare` reads what `package` wrote.

`simulate` stands apart: it reads a mapping's forms and writes raw exports.
"""

EXCEPTIONS = {
    ("spec.lint.study", "engine"): "lint asks the plan for circles, when it runs and not when it is imported",
}


ENGINE = ("plan", "given", "derive", "finish", "account", "facts", "workers", "ranges", "describe")
"""The rooms of the engine in the order of the road: each imports those before it."""

PAGE = ROOT.parent / "docs" / "architecture.md"


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports_of(path: Path) -> Iterator[str]:
    """Modules of the package that a module imports, anywhere in it, without the package's own name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cdisc_conv."):
            yield str(node.module).removeprefix("cdisc_conv.")
        elif isinstance(node, ast.Import):
            yield from (a.name.removeprefix("cdisc_conv.") for a in node.names if a.name.startswith("cdisc_conv."))


def layer_of(package: str) -> int | None:
    return next((number for number, row in enumerate(LAYERS) if package in row), None)


def test_every_package_has_its_layer() -> None:
    packages = {name_of(path).partition(".")[0] for path in MODULES} - {
        "__init__",
        "__main__",
        "",
        "simulate",
        "cdisc_conv",
    }
    assert packages <= {package for row in LAYERS for package in row}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_one_way(path: Path) -> None:
    package = name_of(path).partition(".")[0]
    own = layer_of(package)
    for module in imports_of(path):
        target = module.partition(".")[0]
        layer = layer_of(target)
        if target == package or own is None or layer is None or (name_of(path), target) in EXCEPTIONS:
            continue
        assert layer >= own, f"{name_of(path)} imports {module}"
        if package in ("raw", "xpt"):
            readers = ("columns", "plug_ins", "workbooks", "xpt", "datafiles") if package == "raw" else ()
            assert target in ("dataset", "keeping", "problems", *readers), f"{name_of(path)} knows of {module}"


@pytest.mark.parametrize("path", sorted((ROOT / "engine").rglob("*.py")), ids=name_of)
def test_rooms_of_the_engine_follow_the_road(path: Path) -> None:
    own = name_of(path).split(".")[1:2]
    for module in imports_of(path):
        package, _, rest = module.partition(".")
        room = rest.partition(".")[0]
        if package == "engine" and own and own[0] in ENGINE:
            assert room in ENGINE[: ENGINE.index(own[0]) + 1], f"{name_of(path)} imports {module}"


def read_block(mark: str) -> list[list[str]]:
    """The words of each line of the block after a mark of docs/architecture.md."""
    text = PAGE.read_text(encoding="utf-8").partition(f"<!-- {mark} -->")[2]
    return [line.split() for line in text.split("```")[1].splitlines()[1:]]


def test_the_page_shows_the_layers() -> None:
    assert read_block("layers") == [list(row) for row in LAYERS]
    assert read_block("engine") == [list(ENGINE)]


def test_the_page_names_what_is_there() -> None:
    text = PAGE.read_text(encoding="utf-8") + (PAGE.parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    packages = {path.name for path in ROOT.iterdir() if (path / "__init__.py").is_file()}
    assert {name for name in packages if f"| `{name}` |" not in text} == set()
    named = re.findall(r"`((?:cdisc_conv/)?(?:[a-z_]+/)+(?:[a-z_]+\.(?:py|yaml|md))?)`", text)
    roots = (ROOT, ROOT.parent)
    assert {name for name in named if not any((root / name).exists() for root in roots)} == set()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_are_small(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= MOST_LINES, f"{name_of(path)} has {lines} lines"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_functions_fit_a_screen(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            assert lines <= MOST_FUNCTION_LINES, f"{name_of(path)}.{node.name} has {lines} lines"


def test_help_needs_no_heavy_import() -> None:
    code = (
        "import sys\n"
        "from cdisc_conv.cli import main\n"
        "sys.argv = ['cdisc-conv', '--help']\n"
        "try:\n"
        "    main()\n"
        "except SystemExit as end:\n"
        "    assert not end.code, end.code\n"
        "heavy = ('pandas', 'numpy', 'pyarrow', 'lxml', 'pydantic', 'yaml', 'jinja2')\n"
        "print([name for name in heavy if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("[]")
