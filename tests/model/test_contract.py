"""Finding and loading a model file."""

from __future__ import annotations

from pathlib import Path

import pytest

from forecast.errors import InputError, UsageError
from forecast.model.contract import NEEDED, Law, load_model, shelf


def model_file(folder: Path, name: str, functions: tuple[str, ...] = NEEDED) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.py"
    path.write_text("".join(f"def {function}(): ...\n" for function in functions), encoding="utf-8")
    return path


def test_the_shelf_has_latent_drivers(tmp_path: Path) -> None:
    model = load_model("latent_drivers", tmp_path)
    assert (model.name, model.path.parent) == ("latent_drivers", shelf())
    assert model.texts[model.name] == model.path.read_text("utf-8")


def test_the_workspace_goes_before_the_shelf(tmp_path: Path) -> None:
    mine = model_file(tmp_path / "models", "latent_drivers")
    assert load_model("latent_drivers", tmp_path).path == mine


def test_a_path_is_taken_as_it_is(tmp_path: Path) -> None:
    mine = model_file(tmp_path, "elsewhere")
    assert load_model(str(mine), tmp_path / "nowhere").name == "elsewhere"


def test_a_typo_gets_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--model latent_driver: no such model: did you mean latent_drivers\?"):
        load_model("latent_driver", tmp_path)
    model_file(tmp_path / "models", "my_own")
    with pytest.raises(UsageError, match=r"--model qqq: no such model: there are .*my_own"):
        load_model("qqq", tmp_path)
    with pytest.raises(UsageError, match=r"--model gone\.py: there is no such file"):
        load_model("gone.py", tmp_path)


def test_a_file_that_is_no_model_says_what_it_lacks(tmp_path: Path) -> None:
    half = model_file(tmp_path, "half", ("priors", "build"))
    with pytest.raises(
        UsageError,
        match="the file lacks opening_draws, coordinates, data, latents, log_likelihood, futures, project, simulate: ",
    ):
        load_model(str(half), tmp_path)


@pytest.mark.parametrize("function", sorted(name for name in vars(Law) if not name.startswith("_")))
def test_every_function_of_the_contract_is_needed(function: str, tmp_path: Path) -> None:
    without = model_file(tmp_path, "without", tuple(name for name in NEEDED if name != function))
    with pytest.raises(UsageError, match=f"the file lacks {function}: a model file must define"):
        load_model(str(without), tmp_path)


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("x = (", 1, "this is not Python"),
        ("a\0b", None, "this is not Python"),
        ("import math\n\nmath.nothing()\n", 3, "it cannot be loaded (AttributeError"),
        ("import no_such_package\n", 1, "it cannot be loaded (ModuleNotFoundError"),
        ("raise SystemExit\n", 1, "it cannot be loaded (SystemExit"),
    ],
)
def test_a_file_that_cannot_be_loaded_says_why_and_where(
    tmp_path: Path, content: str, line: int | None, words: str
) -> None:
    path = tmp_path / "broken.py"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load_model(str(path), tmp_path)
    (problem,) = refused.value.problems
    assert problem.line == line
    assert words in problem.message


def test_a_name_that_no_file_system_knows_is_no_model(tmp_path: Path) -> None:
    for name in ("x" * 5000, "x" * 5000 + ".py", "a\0b", "a\0.py"):
        with pytest.raises(UsageError, match="no such"):
            load_model(name, tmp_path)
