from __future__ import annotations

import os
from pathlib import Path

import pytest

import forecast
from forecast.case.workspace import case_names, find_case, find_workspace
from forecast.errors import UsageError
from tests.small_case import write_case


def test_the_workspace_is_the_nearest_folder_upwards_that_holds_a_case(harbour: Path, tmp_path: Path) -> None:
    deep = tmp_path / "reports" / "deep"
    deep.mkdir(parents=True)
    assert find_workspace(deep) == find_workspace(harbour) == find_workspace(tmp_path) == tmp_path
    inner = write_case(deep / "data" / "ferry")
    assert find_workspace(inner) == deep


def test_no_workspace_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"^no case stands in \. or above it: go to a folder that holds data/NAME"):
        find_workspace(tmp_path)


def test_the_packages_own_place_is_no_workspace(harbour: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = tmp_path / "site" / "forecast"
    write_case(installed / "data" / "template")
    monkeypatch.setattr("forecast.case.workspace._PACKAGE", installed)
    assert find_workspace(installed / "data" / "template") == tmp_path
    assert Path(forecast.__file__).parent.name == "forecast"


def test_a_case_is_found_by_folder_and_by_name(harbour: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ferry = write_case(tmp_path / "data" / "ferry")
    assert find_case("ferry", tmp_path) == ferry
    assert find_case("ferry", harbour) == ferry
    assert find_case("data/ferry", tmp_path) == ferry
    assert find_case("../ferry", harbour) == ferry
    assert find_case(".", harbour) == harbour
    assert find_case(str(ferry), Path("/")) == ferry
    assert case_names(tmp_path) == ("ferry", "harbour")


def test_a_name_wins_over_a_folder_that_is_no_case(harbour: Path, tmp_path: Path) -> None:
    (tmp_path / "reports" / "harbour").mkdir(parents=True)
    assert find_case("harbour", tmp_path / "reports") == harbour


def test_the_case_may_be_left_out_where_one_is_meant(harbour: Path, tmp_path: Path) -> None:
    assert find_case(None, tmp_path) == harbour
    write_case(tmp_path / "data" / "ferry")
    assert find_case(None, harbour) == harbour
    assert find_case(None, harbour / "assumptions") == harbour


def test_several_cases_are_listed(harbour: Path, tmp_path: Path) -> None:
    write_case(tmp_path / "data" / "ferry")
    with pytest.raises(UsageError, match=r"^which case is meant\? Name one of 'ferry' or 'harbour'$"):
        find_case(None, tmp_path)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("harbor", "there is no case 'harbor': did you mean 'harbour'?"),
        ("zzz", "there is no case 'zzz': name a folder, or one of 'harbour'"),
        ("assumptions", "'assumptions' is a folder but not a case: a case folder holds a file case.yaml"),
        ("../nowhere", "there is no case '../nowhere': "),
        ("../../data/../x", "there is no case"),
        ("", "there is no case '': name a folder, or one of 'harbour'"),
        ("a\0b", "there is no case"),
        ("x" * 5000, "there is no case 'xxx"),
    ],
)
def test_what_is_no_case_is_said(harbour: Path, tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "assumptions").mkdir()
    with pytest.raises(UsageError) as caught:
        find_case(name, tmp_path)
    assert message in str(caught.value)


def test_a_name_is_never_a_way_out_of_data(harbour: Path, tmp_path: Path) -> None:
    write_case(tmp_path / "hidden")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with pytest.raises(UsageError, match=r"there is no case '\.\./hidden/\.\./nothing'"):
        find_case("../hidden/../nothing", elsewhere)


def link(path: Path, target: Path) -> None:
    try:
        path.symlink_to(target, target_is_directory=target.is_dir())
    except OSError:
        pytest.skip("this system makes no links")


def test_a_folder_that_links_out_of_the_workspace_is_refused(
    harbour: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = write_case(tmp_path_factory.mktemp("outside") / "ferry")
    link(harbour.parent / "ferry", outside)
    with pytest.raises(UsageError, match=r"data/ferry leads out of the workspace: put the file itself in its place"):
        find_case("ferry", harbour)


@pytest.mark.parametrize("inside", ["case.yaml", "evidence.csv", "assumptions/first-look.yaml"])
def test_a_file_that_links_out_of_the_workspace_is_refused(
    harbour: Path, tmp_path_factory: pytest.TempPathFactory, inside: str
) -> None:
    secret = tmp_path_factory.mktemp("outside") / "secret"
    secret.write_text("secret", encoding="utf-8")
    (harbour / inside).unlink(missing_ok=True)
    link(harbour / inside, secret)
    with pytest.raises(UsageError, match=f"{inside} leads out of the workspace"):
        find_case(str(harbour), harbour)


def test_a_link_inside_the_workspace_is_followed(harbour: Path, tmp_path: Path) -> None:
    shared = tmp_path / "shared-sources.yaml"
    os.replace(harbour / "sources.yaml", shared)
    link(harbour / "sources.yaml", shared)
    assert find_case("harbour", tmp_path) == harbour
