"""`forecast evidence agreement`: how far coders agree, in the terminal and as a document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from forecast.commands.options import AsJson, CaseName, KnownBy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from forecast.case.schema import Case
    from forecast.evidence.agreement import Agreement, Measured, Objections
    from forecast.evidence.alpha import Estimate
    from forecast.evidence.drift import Drift
    from forecast.evidence.journal import View


def agreement(
    case_name: CaseName = None,
    *,
    as_of: KnownBy = None,
    clock: Annotated[
        Literal["recorded", "published"] | None,
        typer.Option("--clock", help="Whether a coding is known when recorded or when published."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say how far coders agree: Krippendorff's alpha, weighted kappa of every two, and drift.

    Below .667 of grades (ordinal) or indicators (nominal), with 20 units or more, a refresh is not published unless
    case.yaml signs it off; below .8 there is a warning.
    """
    from forecast.commands.console import emit_json, open_case, parse_date
    from forecast.commands.taking import now_in_utc
    from forecast.evidence.agreement import agreement as measured
    from forecast.evidence.agreement import objections
    from forecast.evidence.journal import view
    from forecast.evidence.ledger import ledger_of

    day = parse_date(as_of, "--as-of")
    case = open_case(case_name)
    known = view(ledger_of(case).read(), day or now_in_utc().date(), clock or case.question.clock)
    found, against = measured(known, case), objections(known, case)
    if as_json:
        emit_json(_document(case, known, found, against))
    else:
        _show(found, against)


def _document(case: Case, known: View, found: Agreement, against: Objections) -> dict[str, Any]:
    from forecast.evidence.agreement import BLOCK, LEAST_UNITS, WARN, signed_off

    signed = signed_off(case)
    return {
        "case": case.id,
        "as_of": known.as_of.isoformat(),
        "clock": known.clock,
        "limits": {"block": BLOCK, "warn": WARN, "least_units": LEAST_UNITS},
        "publishable": not against.failures,
        "failures": list(against.failures),
        "warnings": list(against.notes),
        "signed_off": None if signed is None else signed.model_dump(mode="json"),
        "fields": _parts(found.fields),
        "indicators": _parts(found.indicators),
        "coders": _parts(found.coders),
        "months": _parts(found.months),
        "pairs": [
            {"coders": list(pair.coders), "units": pair.units, "kappa": _estimate(pair.kappa)} for pair in found.pairs
        ],
        "drift": [_drift(each) for each in found.drifts],
    }


def _parts(parts: Mapping[str, Measured]) -> list[dict[str, Any]]:
    return [
        {
            "id": name,
            "units": part.units,
            "codings": part.codings,
            "nominal": _estimate(part.nominal),
            "ordinal": _estimate(part.ordinal),
        }
        for name, part in parts.items()
    ]


def _estimate(estimate: Estimate | None) -> dict[str, Any] | None:
    if estimate is None:
        return None
    return {"value": estimate.value, "interval": None if estimate.interval is None else list(estimate.interval)}


def _drift(each: Drift) -> dict[str, Any]:
    return {
        "coder": each.coder,
        "before": each.before and {"mean": each.before[0], "grades": each.before[1]},
        "lately": each.lately and {"mean": each.lately[0], "grades": each.lately[1]},
        "change": each.change,
        "interval": each.interval and list(each.interval),
        "alarm": each.alarm,
    }


def _show(found: Agreement, against: Objections) -> None:
    from rich.table import Table

    from forecast.commands.console import out, say, visible
    from forecast.commands.taking import counted
    from forecast.evidence.agreement import JUDGED, LEAST_UNITS

    if not found.fields["indicator"].units and not found.pairs:
        out.print("No report has been coded by two coders: nothing can be said of their agreement.")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("", "units", "alpha, ordinal", "alpha, nominal"):
        table.add_column(heading, overflow="fold", justify="left" if not heading else "right")
    groups = (
        ("", found.fields),
        ("grade of ", found.indicators),
        ("grade by ", found.coders),
        ("grade in ", found.months),
    )
    for before, parts in groups:
        for name, part in parts.items():
            numbers = (str(part.units), _in_words(part.ordinal), _in_words(part.nominal))
            table.add_row(visible(f"{before}{name}"), *numbers)
    out.print(table)
    for pair in found.pairs:
        one, two = pair.coders
        out.print(visible(f"{one} and {two}: kappa {_in_words(pair.kappa)} ({pair.units} grades, quadratic weights)"))
    for each in found.drifts:
        if each.change is not None and each.interval is not None:
            low, high = each.interval
            moved = f"{each.change:+.2f} of a grade lately (99 % interval {low:+.2f} to {high:+.2f})"
            out.print(visible(f"{each.coder}: {moved}{': the scale has moved' if each.alarm else ''}"))
    for name in JUDGED:
        if (units := found.fields[name].units) < LEAST_UNITS:
            why = f"{counted(units, 'unit')} coded twice, under {LEAST_UNITS}, say more of chance than of coders"
            out.print(f"Alpha of {name} is not judged: {why}", soft_wrap=True)
    for failure in against.failures:
        say(f"not to be published: {failure}: code the doubtful reports again, or sign it off in case.yaml")
    for note in against.notes:
        say(f"warning: {note}")


def _in_words(estimate: Estimate | None) -> str:
    if estimate is None:
        return "-"
    if estimate.interval is None:
        return f"{estimate.value:.2f}"
    low, high = estimate.interval
    return f"{estimate.value:.2f} ({low:.2f} to {high:.2f})"
