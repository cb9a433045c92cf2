"""Whether a file has the shape that `schema` gives it; every fault said in plain words."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Final, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from forecast.case.assumptions import Assumption
from forecast.case.blocks import Block
from forecast.case.document import Document, Place
from forecast.case.phrases import instead_of, listed, nearest, quoted
from forecast.case.plain_yaml import MOST_FAULTS
from forecast.errors import Problem


def shaped[B: Block](document: Document, model: type[B], problems: list[Problem]) -> B | None:
    """The file as its model, or None after adding every fault of its shape to `problems`."""
    if not document.read:
        return None
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        problems += _problems(document, model, error)
        return None


def _problems(document: Document, model: type[Block], error: ValidationError) -> Iterator[Problem]:
    faults = [_Fault.of(details, model) for details in error.errors(include_url=False)[:MOST_FAULTS]]
    misspelt = {(*fault.place[:-1], fault.meant) for fault in faults if fault.meant}
    said: set[Place] = set()
    for fault in faults:
        if fault.kind == "missing" and fault.place in misspelt:
            continue  # said once already, of the key that was written instead
        if _of_other_branch(fault):
            if fault.place in said or not _fits_no_branch(fault):
                continue
            said.add(fault.place)
        message, remedy = _words(fault)
        yield document.problem(fault.place, message, remedy)


@dataclass(frozen=True)
class _Fault:
    """One of pydantic's findings, put at its place in the file."""

    kind: str
    place: Place
    branch: str | None
    value: Any
    bounds: dict[str, Any]
    keys: tuple[str, ...]

    @classmethod
    def of(cls, details: ErrorDetails, model: type[Block]) -> _Fault:
        place, branch = _place(details["loc"])
        keys = tuple(_keys(model, details["loc"])) if details["type"] == "extra_forbidden" else ()
        return cls(details["type"], place, branch, details["input"], details.get("ctx", {}), keys)

    @property
    def key(self) -> str:
        """What stands there, by the name of its key."""
        if not self.place:
            return "the file"
        *before, last = self.place
        return quoted(last) if isinstance(last, str) else f"entry {last + 1} of {quoted(str(before[-1]))}"

    @property
    def meant(self) -> str | None:
        """The key that an unknown one was most likely meant to be."""
        return nearest(str(self.place[-1]), self.keys) if self.kind == "extra_forbidden" else None


# ---------------------------------------------------------------------------- where


def _place(loc: tuple[str | int, ...]) -> tuple[Place, str | None]:
    """The place in the file that pydantic's `loc` means, and which way of writing `then` it speaks of."""
    if len(loc) > 2 and loc[0] == "assumptions":
        loc = loc[:2] + loc[3:]  # the kind of the assumption, no key of the file
    if loc and loc[-1] == "[key]":
        loc = loc[:-1]
    if "then" in loc and loc.index("then") + 1 < len(loc):
        at = loc.index("then") + 1
        return loc[:at] + loc[at + 1 :], str(loc[at])
    return loc, None


def _of_other_branch(fault: _Fault) -> bool:
    """Whether the fault is that `then` was not written in the way that this branch reads."""
    if fault.branch is None or fault.place[-1] != "then":
        return False
    return not isinstance(fault.value, list if fault.branch.startswith("list") else str)


def _fits_no_branch(fault: _Fault) -> bool:
    return not isinstance(fault.value, str | list)


def _keys(model: type[Block], loc: tuple[str | int, ...]) -> Iterator[str]:
    """The keys allowed in the block that holds `loc`."""
    block: Any = model
    for step in loc[:-1]:
        block = _inside(block, step)
    return (field.alias or name for name, field in block.model_fields.items())


def _inside(annotation: Any, step: str | int) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, Block):
        fields = annotation.model_fields
        return next(field.annotation for name, field in fields.items() if step in (name, field.alias))
    if get_origin(annotation) is Annotated:
        return _inside(get_args(annotation)[0], step)
    if get_origin(annotation) is list:
        return get_args(annotation)[0]
    return next(kind for kind in get_args(annotation) if step in get_args(kind.model_fields["kind"].annotation))


# ---------------------------------------------------------------------------- in what words

_BLOCK = ("a block of keys", "write 'key: value' lines below it, indented alike")
_EXPECTED: Final = {
    "int_type": ("a whole number", "write a whole number, such as 3"),
    "float_type": ("a number", "write a number, such as 0.5"),
    "date_type": ("a date", "write it as YYYY-MM-DD, without quotes"),
    "list_type": ("a list", "write each entry on a line of its own, beginning with '- '"),
    "dict_type": _BLOCK,
    "model_type": _BLOCK,
    "model_attributes_type": _BLOCK,
}
_BOUNDS: Final = {
    "greater_than": ("gt", "not above", "above"),
    "greater_than_equal": ("ge", "below", "of at least"),
    "less_than": ("lt", "not below", "below"),
    "less_than_equal": ("le", "above", "of at most"),
}
_SMALL = "small letters, digits and "
_RULES: Final = {
    r"^[a-z][a-z0-9_]*$": (f"{_SMALL}underscores, beginning with a letter", "_"),
    r"^[a-z0-9][a-z0-9-]*$": (f"{_SMALL}hyphens, beginning with a letter or digit", "-"),
}


def _words(fault: _Fault) -> tuple[str, str]:
    """What is wrong, and how to mend it."""
    key, value = fault.key, fault.value
    match fault.kind:
        case "missing":
            return f"{key} is missing", f"add '{fault.place[-1]}: …' to this block"
        case "extra_forbidden" if value is None and " " in key:
            return f"unknown key {key}", "put text that holds a comma in quotes"
        case "extra_forbidden":
            return f"unknown key {key}", instead_of(str(fault.place[-1]), fault.keys, "remove it")
        case "string_type" if fault.branch is not None and fault.place[-1] == "then":
            return f"{key}: expected an outcome's id or a list of them, got {_shown(value)}", "write 'then: ID'"
        case "string_type":
            return f"{key}: expected text, got {_shown(value)}", _as_text(value)
        case kind if kind in _EXPECTED:
            what, remedy = _EXPECTED[kind]
            return f"{key}: expected {what}, got {_shown(value)}", remedy
        case kind if kind in _BOUNDS:
            limit, wrong, right = _BOUNDS[kind]
            bound = f"{fault.bounds[limit]:g}"
            return f"{key}: {_number(value)} is {wrong} {bound}", f"write a number {right} {bound}"
        case "string_pattern_mismatch" if fault.bounds["pattern"] not in _RULES:
            return (
                f"{key}: {quoted(str(value))} is not the name of a table",
                "write one like 'strikes.csv', and no folder",
            )
        case "string_pattern_mismatch":
            return _bad_id(str(value), fault.bounds["pattern"])
        case "string_too_short":
            return f"{key} is empty", "write a text"
        case "string_too_long":
            return f"{quoted(str(value))} is longer than {fault.bounds['max_length']} characters", "shorten it"
        case "too_short":
            return f"{key} holds no entry", "add at least one"
        case "too_long":
            return f"{key} holds more than {fault.bounds['max_length']} entries", "keep the ones that matter"
        case "literal_error":
            return _no_choice(key, value, _choices(fault.bounds["expected"]))
        case "union_tag_not_found":
            return "'kind' is missing", f"add 'kind: …', one of {listed(_kinds(), 'or')}"
        case "union_tag_invalid":
            return _no_choice("'kind'", value.get("kind"), _kinds())
        case _:
            return f"{key}: {_shown(value)} does not fit here", "compare it with the published schema of this file"


def _shown(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return f"the yes-or-no value {str(value).lower()}"
        case int():
            return f"the whole number {value}"
        case float():
            return f"the number {value:g}"
        case dt.date():
            return f"the date {value}"
        case str():
            return f"the text {quoted(value)}"
        case list():
            return "a list"
        case _:
            return "a block of keys"


def _as_text(value: object) -> str:
    match value:
        case None:
            return "write a text after the colon"
        case bool() | int() | float() | dt.date():
            return "put it in quotes"
        case _:
            return "write one text in its place; if it holds ': ' or begins with '[' or '{', put it in quotes"


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _bad_id(text: str, pattern: str) -> tuple[str, str]:
    rule, joint = _RULES[pattern]
    mended = re.sub(r"[^a-z0-9]+", joint, text.lower()).strip(joint)
    advice = f"write {quoted(mended)}" if re.fullmatch(pattern, mended) else "choose another"
    return f"{quoted(text)} is not a valid id (an id is {rule})", advice


def _no_choice(key: str, value: object, choices: list[str]) -> tuple[str, str]:
    if isinstance(value, str):
        return f"{key}: {quoted(value)} is not one of {listed(choices)}", instead_of(value, choices, "remove it")
    if str(value) in choices:
        return f"{key}: expected text, got {_shown(value)}", f'put it in quotes: "{value}"'
    allowed = " or ".join(choices) if all(map(str.isdigit, choices)) else listed(choices, "or")
    return f"{key}: expected one of {allowed}, got {_shown(value)}", "write one of these"


def _choices(expected: str) -> list[str]:
    return re.findall(r"\b\d+\b|(?<=')[^' ]+(?=')", expected)


def _kinds() -> list[str]:
    members = get_args(get_args(Assumption)[0])
    return [get_args(member.model_fields["kind"].annotation)[0] for member in members]
