"""`forecast init`: a new case from a template and what a person answers."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from forecast.commands.options import AsJson

if TYPE_CHECKING:
    from forecast.case.document import Document, Plain
    from forecast.starting.plan import Plan

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_OUTCOME = re.compile(r"(?P<id>[^:=]+)(?::(?P<like>[^=]+))?=(?P<label>.+)", re.DOTALL)


def init(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="The case's name, in kebab-case.", show_default=False)
    ] = None,
    template: Annotated[str | None, typer.Option(metavar="KIND", help="The kind of question; see --list.")] = None,
    question: Annotated[str | None, typer.Option(help="What is asked, in one sentence.")] = None,
    title: Annotated[str | None, typer.Option(help="A short title (default: the question).")] = None,
    outcome: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID[:LIKE]=LABEL",
            help="An outcome, in the order in which they are tested; LIKE is the template's outcome it resembles.",
        ),
    ] = None,
    test: Annotated[
        list[str] | None, typer.Option(metavar="ID=TEXT", help="On which observable fact an outcome holds.")
    ] = None,
    share: Annotated[
        list[str] | None, typer.Option(metavar="ID=P", help="Chance of an outcome given resolution; 'other' too.")
    ] = None,
    resolved: Annotated[
        float | None, typer.Option(metavar="P", help="Chance that it is resolved at all by the horizon.")
    ] = None,
    opened: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="The day from which forecasts are made (default: today).")
    ] = None,
    horizon: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="What is open after this day is 'unresolved'.")
    ] = None,
    due: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="A day by which a decision is due: a ballot, a deadline.")
    ] = None,
    counts: Annotated[str | None, typer.Option(help="What counts as resolution.")] = None,
    country: Annotated[
        str | None, typer.Option(help="Joins the past of this country, where the workspace has base rates of the kind.")
    ] = None,
    clock: Annotated[
        str | None, typer.Option(metavar="recorded|published", help="When a report is known (default: by the opening).")
    ] = None,
    author: Annotated[str | None, typer.Option(help="Whose judgements these are.")] = None,
    answers: Annotated[
        Path | None,
        typer.Option(metavar="FILE.yaml", help="Answers by these names (but 'opening'); options replace them."),
    ] = None,
    list_templates: Annotated[bool, typer.Option("--list", help="List the templates, and what they are for.")] = False,
    as_json: AsJson = False,
) -> None:
    """Set up a new case: a commented folder data/NAME that passes `check` and refreshes at once.

    Asks at a terminal for what options and answers leave open. Nothing is overwritten, and nothing half-written stays.
    """
    from datetime import UTC, datetime

    from forecast.case.document import Document, shown
    from forecast.case.plain_yaml import read_yaml
    from forecast.commands import console
    from forecast.commands.faults import Faults
    from forecast.errors import UsageError
    from forecast.starting.answers import read_answers
    from forecast.starting.folder import found_case, planned, refuse_to_overwrite
    from forecast.starting.template import read_template

    if list_templates:
        _list(as_json)
        return
    faults = Faults()
    folder, document, unread = _place() / (name or ""), Document("the options", {}, {}), answers is not None
    said: dict[str, Plain] = {}
    with faults.gathered():
        _check_name(name)
        refuse_to_overwrite(folder)
    with faults.gathered():
        if answers is not None:
            document, unread = read_yaml(answers), False
    with faults.gathered():
        said |= _outcomes_said(document, outcome or [], test or [], share or [])
    days: dict[str, Plain] = {}
    for key, option, text in (("opening", "opened", opened), ("horizon", "horizon", horizon), ("due", "due", due)):
        with faults.gathered():
            days[key] = console.parse_date(text, f"--{option}")
    with faults.gathered():
        if template is not None:
            read_template(template)
    said |= _said(
        **days, template=template, question=question, title=title, resolved=resolved, counts=counts, country=country,
        clock=clock, author=author,
    )  # fmt: skip
    missing = [key for key in ("template", "question") if key not in said and document.get(key) is None]
    with faults.gathered():
        if missing and not unread and not sys.stdin.isatty():
            options = ", ".join(f"--{key}" for key in missing)
            raise UsageError(f"missing {options}: give them or --answers FILE, or run the command at a terminal")
    faults.raise_any()
    if missing:
        from forecast.commands.interview import interview

        said |= interview({**(document.data if isinstance(document.data, dict) else {}), **said})
    read = read_answers(document, said)
    today = datetime.now(UTC).astimezone().date()
    plan, doubts = planned(folder, read_template(read.template), read, document, today)
    plan, found = found_case(folder, plan)
    warnings = (*doubts, *found)
    if as_json:
        console.emit_json(_document_of(plan, shown(folder), [str(warning) for warning in warnings]))
        return
    console.print_problems(warnings, warning=True)
    _show(plan, shown(folder))


def _check_name(name: str | None) -> None:
    from forecast.errors import UsageError

    if name is None or not _NAME.fullmatch(name):
        what = "which name shall it have" if name is None else f"'{name}' cannot be the name of a case"
        raise UsageError(f"{what}: forecast init NAME, with small letters, digits and hyphens (like harbour-2026)")


def _place() -> Path:
    """The folder of cases: the workspace's, else `data` where one stands."""
    from forecast.case.workspace import find_workspace
    from forecast.errors import UsageError

    try:
        return find_workspace(Path.cwd()) / "data"
    except UsageError:
        return Path.cwd() / "data"


def _said(**values: Plain) -> dict[str, Plain]:
    return {key: value for key, value in values.items() if value is not None}


def _outcomes_said(document: Document, outcomes: list[str], tests: list[str], shares: list[str]) -> dict[str, Plain]:
    """The list of outcomes, and `other`, that options make, or change in the file's; without any, the file's stands."""
    from forecast.case.phrases import quoted
    from forecast.errors import UsageError

    listed = document.get("outcomes") if not outcomes and (tests or shares) else None
    entries = [dict(one) if isinstance(one, dict) else one for one in (listed if isinstance(listed, list) else [])]
    said = {str(one["id"]): one for one in reversed(entries) if isinstance(one, dict) and "id" in one}
    faults: list[str] = []
    for text in outcomes:
        found = _OUTCOME.fullmatch(text)
        if found is None:
            faults.append(f"--outcome {quoted(text)}: write it as ID=LABEL, or ID:LIKE=LABEL")
            continue
        parts = {key: value.strip() for key, value in found.groupdict().items() if value is not None}
        if parts["id"] in said:
            faults.append(f"--outcome: two outcomes are called {quoted(parts['id'])}: give each an id of its own")
            continue
        said[parts["id"]] = dict(parts)
        entries.append(said[parts["id"]])
    other: dict[str, Plain] = {}
    for option, pairs in (("test", tests), ("share", shares)):
        for text in pairs:
            name, equals, value = (part.strip() for part in text.partition("="))
            number = _number(value) if option == "share" and value else 0.0
            if not equals or not value:
                faults.append(f"--{option} {quoted(text)}: write it as ID={'P' if option == 'share' else 'TEXT'}")
            elif number is None:
                faults.append(f"--share {quoted(text)}: write the chance as 0.3 or 30%")
            elif name == "other" and option == "share":
                other["share"] = number
            elif name not in said:
                faults.append(f"--{option} {quoted(text)}: name its outcome with --outcome {name}=LABEL first")
            else:
                said[name][option] = number if option == "share" else value
    if faults:
        raise UsageError(*faults)
    before = document.get("other")
    return {
        **({"outcomes": entries} if entries else {}),
        **({"other": {**(before if isinstance(before, dict) else {}), **other}} if other else {}),
    }


def _number(text: str) -> float | None:
    """A chance, as 0.3 or 30%; None where it is none."""
    try:
        return float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        return None


# ---------------------------------------------------------------------------- what is shown


def _list(as_json: bool) -> None:
    from forecast.commands import console
    from forecast.starting.template import read_template, template_names

    found = {name: read_template(name) for name in template_names()}
    if as_json:
        keys = ("title", "fits", "weeks", "resolved")
        console.emit_json(
            {
                "templates": [
                    {
                        "id": name,
                        **{key: getattr(one, key) for key in keys},
                        "outcomes": [{"id": usual.id, "label": usual.label} for usual in one.outcomes],
                        "drivers": [{"id": usual.id, "label": usual.label} for usual in one.drivers],
                    }
                    for name, one in found.items()
                ]
            }
        )
        return
    for name, one in found.items():
        console.out.print(f"{name}: {one.title}", soft_wrap=True)
        console.out.print(f"    {one.fits}", soft_wrap=True)
        console.out.print(f"    outcomes: {', '.join(usual.id for usual in one.outcomes)}, other", soft_wrap=True)
        console.out.print(f"    drivers:  {', '.join(usual.id for usual in one.drivers)}", soft_wrap=True)


def _document_of(plan: Plan, folder: str, warnings: list[str]) -> dict[str, object]:
    return {
        "case": plan.name,
        "folder": folder,
        "opening": plan.opening.isoformat(),
        "horizon": plan.horizon.isoformat(),
        "clock": plan.clock,
        "shares": plan.shares,
        "resolved_by_horizon": plan.resolved,
        "indicators": [indicator.id for indicator in plan.indicators],
        "warnings": warnings,
    }


def _show(plan: Plan, folder: str) -> None:
    from forecast.commands.console import out, visible

    def tell(line: str) -> None:
        out.print(visible(line), soft_wrap=True)

    tell(f"{folder}: a new case, from {plan.opening} to {plan.horizon}")
    guess = " (as past episodes have it)" if plan.past else " (the template's guess)"
    tell(f"  resolved at all by then: {100 * plan.resolved:.0f} %{'' if plan.judged[1] else guess}")
    tell("  and if so" + (":" if plan.judged[0] else " (nobody has judged yet):"))
    labels = {outcome.id: outcome.label for outcome in plan.outcomes} | {"other": plan.other_label}
    for name, share in plan.shares.items():
        tell(f"    {100 * share:5.1f} %  {name}: {labels[name]}")
    known = "was coded" if plan.clock == "recorded" else "was published"
    counted = f"{len(plan.drivers)} drivers, {len(plan.indicators)} indicators"
    tell(f"  {counted}; a report is known on the day that it {known}")
    tell("next:")
    tell(f"  read {folder}/case.yaml: its resolution decides what the forecast is of")
    if not plan.judged[0]:
        tell(f"  forecast elicit {plan.name}: your own chances, in the place of the template's")
    tell(f"  forecast check {plan.name}")
    tell(f"  forecast refresh {plan.name} --as-of {plan.opening}")
