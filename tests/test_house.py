"""The house keeps its own rules: who may import whom, what loads when, and what README promises."""

from __future__ import annotations

import ast
import configparser
import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

ORDER = """
    interruption,errors crew case durable evidence model elicitation starting inference outcomes,decisions found as_of
    markets run_shapes run_files runs run_lines chain sayings installed provenance recorded reopened updated documents
    insight refresh record,tables questions report figures commands __main__
"""
RANK = {part: rank for rank, layer in enumerate(ORDER.split()) for part in layer.split(",")}
EXTRAS = {
    name: {re.split(r"[^\w.-]", wish)[0] for wish in wishes}
    for name, wishes in PROJECT["optional-dependencies"].items()
}
UNASKED = set().union(*(brought for brought in EXTRAS.values() if not brought & EXTRAS["dev"]))
"""What only an extra brings of which the tests need nothing, and which nobody is given unasked."""
BY_EXTRA = {
    ROOT / "forecast" / "evidence" / "database.py": {"sqlalchemy"},
    ROOT / "forecast" / "crew" / "cluster.py": {"dask", "distributed"},
}
"""Modules that need what an extra brings, and are loaded only where it is asked for."""
HEAVY = (
    "pymc",
    "pytensor",
    "arviz",
    "arviz_plots",
    "xarray",
    "pandas",
    "numba",
    "matplotlib",
    "weasyprint",
    "sqlalchemy",
    "openpyxl",
    "distributed",
)

PACKAGE = sorted((ROOT / "forecast").rglob("*.py"))
SHELF = sorted((ROOT / "models").glob("*.py"))


# ------------------------------------------------------------------------------------------------ imports


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in PACKAGE}


def imported(node: ast.AST) -> Iterator[str]:
    """The modules that an import statement names; `from forecast.model import laws` names `forecast.model.laws`."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports are written in full"
        for alias in node.names:
            inner = f"{node.module}.{alias.name}"
            yield inner if inner in MODULES else str(node.module)


def imports_of(path: Path) -> set[str]:
    """Everything a file imports, at its top, inside functions and for type checkers only."""
    return {name for node in ast.walk(ast.parse(path.read_bytes())) for name in imported(node)}


def imports_on_loading(path: Path) -> set[str]:
    """What a file imports as soon as it is loaded: all that stands outside functions."""
    tree = ast.parse(path.read_bytes())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    later = {inner for function in functions for inner in ast.walk(function)}
    return {name for node in ast.walk(tree) if node not in later for name in imported(node)}


def test_every_part_of_the_package_has_its_layer() -> None:
    parts = {name.split(".")[1] for name in MODULES if "." in name}
    assert parts <= RANK.keys()


@pytest.mark.parametrize("module", sorted(MODULES))
def test_imports_run_one_way(module: str) -> None:
    parts = {name.split(".")[1] for name in imports_of(MODULES[module]) & MODULES.keys() - {"forecast"}}
    own = module.partition(".")[2].partition(".")[0]
    assert {part for part in parts - {own} if not own or RANK[part] >= RANK[own]} == set()


def test_no_import_goes_in_a_circle() -> None:
    graph = {module: imports_of(path) & MODULES.keys() - {module} for module, path in MODULES.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


@pytest.mark.parametrize("path", SHELF, ids=lambda path: path.stem)
def test_a_model_file_imports_only_the_model_layer(path: Path) -> None:
    own = {name for name in imports_of(path) if name.split(".")[0] == "forecast"}
    assert all(name.startswith("forecast.model") for name in own)
    on_loading = {name.split(".")[0] for name in imports_on_loading(path)}
    assert on_loading <= {"forecast", "numpy", *sys.stdlib_module_names}


def test_dependencies_are_what_is_imported() -> None:
    def plain(distribution: str) -> str:
        return re.sub(r"[-_.]+", "-", distribution).lower()

    used = {name.split(".")[0] for path in [*PACKAGE, *SHELF] for name in imports_of(path)}
    foreign = used - {"forecast", *sys.stdlib_module_names}
    providers = importlib.metadata.packages_distributions()
    extras = [wish for name, wishes in PROJECT["optional-dependencies"].items() if name != "dev" for wish in wishes]
    declared, optional = (
        {plain(re.split(r"[^\w.-]", wish)[0]) for wish in wishes} for wishes in (PROJECT["dependencies"], extras)
    )
    provided = {name: {plain(each) for each in providers.get(name, [])} for name in foreign}
    assert {name for name in foreign if not (declared | optional) & provided[name]} == set()
    by_name_only = {"arviz"}  # brings the netCDF engine, which xarray finds by its name
    assert declared - set().union(*provided.values()) <= by_name_only


def test_what_an_extra_brings_is_imported_where_it_is_asked_for_and_nowhere_else() -> None:
    for path, brought in BY_EXTRA.items():
        foreign = {name.split(".")[0] for name in imports_of(path)} - {"forecast", *sys.stdlib_module_names}
        assert foreign == brought
        assert brought <= UNASKED | EXTRAS["dev"]
        on_loading = {name for other in PACKAGE for name in imports_on_loading(other)}
        assert module_name(path) not in on_loading


@pytest.mark.parametrize(
    "start",
    [
        "import forecast",
        "sys.argv = ['forecast', '--help']; from forecast.__main__ import main; main()",
    ],
    ids=["import", "help"],
)
def test_starting_is_light(start: str) -> None:
    at_exit = f"atexit.register(lambda: print(*set(sys.modules) & set({HEAVY}), file=sys.stderr))"
    command = [sys.executable, "-c", f"import atexit, sys; {at_exit}; {start}"]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert (ended.returncode, ended.stderr.strip()) == (0, "")


# ------------------------------------------------------------------------------------------------ the ground


def test_the_top_level_holds_what_belongs_there() -> None:
    folders = {"data", "docs", "forecast", "models", "reports", "tests"}
    files = {"CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md", "dev.py", "pyproject.toml", "uv.lock"}
    left_behind = {"__pycache__", "dist"}  # git ignores them
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    assert found - left_behind - folders - files == set()


def test_readme_draws_the_tree_that_is_there() -> None:
    drawn = set(re.findall(r"^ {4}(\w+)/ ", README, re.MULTILINE))
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith((".", "_"))}
    assert drawn == folders - {"dist"}


def code_blocks(text: str) -> str:
    return re.sub(r" +#.*", "", "\n".join(re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)))


def forecast_commands() -> set[str]:
    from typer.main import get_command

    from forecast.commands.main import command_line

    return set(get_command(command_line()).commands)


def test_readme_gives_commands_that_the_launcher_offers() -> None:
    shown = set(re.findall(r"^python3 dev\.py (\w+)", code_blocks(README), re.MULTILINE))
    usage = subprocess.run([sys.executable, "dev.py", "--help"], capture_output=True, text=True, cwd=ROOT, check=True)
    assert {"run", "test"} <= shown <= set(re.findall(r"^ +python3 dev\.py (\w+)", usage.stdout, re.MULTILINE))


def test_readme_runs_a_command_and_a_case_that_exist() -> None:
    starts = re.findall(r"(?:dev\.py run|\bforecast) ([a-z]+)(?: ([a-z0-9-]+))?", code_blocks(README))
    assert {command for command, _ in starts} <= forecast_commands()
    cases = {path.parent.name for path in ROOT.glob("data/*/case.yaml")}
    assert {word for command, word in starts if command == "refresh"} <= cases


def test_readme_lists_every_command() -> None:
    listed = re.findall(r"^\| `forecast (\w+)", README, re.MULTILINE)
    assert set(listed) == forecast_commands()


def test_continuous_integration_runs_the_test_command_of_the_readme() -> None:
    assert "python3 dev.py test" in code_blocks(README)
    assert re.search(r"^exec python3 dev\.py test\b", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    assert "bash .ci/run" in (ROOT / ".github" / "workflows" / "ci.yml").read_text()


# ------------------------------------------------------------------------------------------------ what is shipped


def test_pip_gets_every_package_of_the_lock_by_version_and_hash() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    locked = [
        (package["name"], package["version"])
        for package in lock["package"]
        if "version" in package and package["name"] not in UNASKED
    ]
    pins = subprocess.run([sys.executable, "dev.py", "pins"], capture_output=True, text=True, cwd=ROOT, check=True)
    pin = re.compile(r"([\w.-]+)==([\w.]+)( ; [^-]+)?( --hash=sha256:[0-9a-f]{64})+")
    pinned = [pin.fullmatch(line) for line in pins.stdout.splitlines()]
    assert [line and (line[1], line[2]) for line in pinned] == sorted(locked)


def test_the_lock_names_one_public_index_and_no_other() -> None:
    hosts = set(re.findall(r"\w+://([^/\"]*)", (ROOT / "uv.lock").read_text(encoding="utf-8")))
    assert hosts == {"pypi.org", "files.pythonhosted.org"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the built wheel puts into site-packages."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def test_the_wheel_holds_the_package_and_the_shelf(wheel: Path) -> None:
    def files(folder: Path) -> set[str]:
        found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
        return {path.as_posix() for path in found if "__pycache__" not in path.parts}

    shelf = {f"_shelf/{path.name}" for path in SHELF}
    assert {path.name for path in wheel.iterdir()} == {"forecast", next(wheel.glob("*.dist-info")).name}
    assert files(wheel / "forecast") == files(ROOT / "forecast") | shelf


def test_an_installed_wheel_finds_its_models_and_its_command(wheel: Path, tmp_path: Path) -> None:
    script = (
        "import pathlib, forecast.model.contract as c; print(c.load_model('latent_drivers', pathlib.Path.cwd()).path)"
    )
    environment = {**os.environ, "PYTHONPATH": str(wheel), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", script]
    found = subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True)
    assert Path(found.stdout.strip()) == wheel / "forecast" / "_shelf" / "latent_drivers.py"
    commands = configparser.ConfigParser()
    commands.read(next(wheel.glob("*.dist-info")) / "entry_points.txt")
    assert dict(commands["console_scripts"]) == {"forecast": "forecast.__main__:main"}


# ------------------------------------------------------------------------------------------------ what it may never do

FORBIDDEN = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "socket", "urllib.request", "http", "requests"}


@pytest.mark.parametrize(
    "path", [*PACKAGE, *SHELF, ROOT / "dev.py"], ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_nothing_is_unpickled_evaluated_fetched_or_given_to_a_shell(path: Path) -> None:
    tree = ast.parse(path.read_bytes())
    assert not {name for name in imports_of(path) for banned in FORBIDDEN if f"{name}.".startswith(f"{banned}.")}
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        named = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        assert named not in {"eval", "exec", "compile", "system", "popen"} or ast.unparse(call.func) in {
            "re.compile",
            "step.compile",  # numba's, of the sampler's own step
        }
        assert "shell" not in {keyword.arg for keyword in call.keywords}


OFFLINE = """
import sys
def refuse(event, _):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname"):
        raise RuntimeError(f"the network was asked for: {event}")
sys.addaudithook(refuse)
from forecast.__main__ import main
main()
"""


@pytest.mark.parametrize(
    "words", [("check",), ("show", "--json"), ("report", "--quick", "-o", os.devnull), ("evidence", "list")]
)
def test_no_command_asks_for_the_network(words: tuple[str, ...]) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", OFFLINE, *words, "iraq-2026"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
