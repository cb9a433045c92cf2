"""The report as PDF, with WeasyPrint: the page's own structure and drawings under a style sheet for paper.

WeasyPrint applies a page's style to everything but the inside of drawings. So each part of a drawing is given its
colours as attributes first, worked out from the same style sheet as a browser does.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, Final, NoReturn

from forecast.errors import UsageError
from forecast.report.document import Document

INSTALL: Final = "PDF takes the extra 'pdf', which is not installed: `pip install 'possibilities[pdf]'`"
NO_PANGO: Final = (
    "PDF takes the system's library Pango, which is not there: install it (Debian: `apt install libpango-1.0-0 "
    "libpangoft2-1.0-0`; macOS: `brew install pango`)"
)
DRAWN: Final = (
    "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "opacity", "display",
    "font-size", "font-weight", "font-family",
)  # fmt: skip
"""What a drawing takes from the style sheet."""
_VARIABLE: Final = re.compile(r"var\((--[\w-]+)\)")
_SVG: Final = "{http://www.w3.org/2000/svg}svg"


def check_printable() -> None:
    """Find out whether a PDF can be made here, before any work is done for it.

    Raises
    ------
    UsageError
        If WeasyPrint, or the library it writes text with, is not installed.
    """
    _weasyprint()


def printed(document: Document) -> bytes:
    """The report as a PDF file: A4, its figures as vectors, nothing loaded from anywhere.

    Raises
    ------
    UsageError
        If WeasyPrint is not installed.
    """
    from forecast.report.page import PAPER, render

    weasyprint = _weasyprint()
    page = weasyprint.HTML(string=render(document, sheet=PAPER), url_fetcher=_refuse)
    paint(page.etree_element)
    return bytes(page.write_pdf(pdf_tags=True, custom_metadata=False))


def _weasyprint() -> Any:
    try:
        import weasyprint
    except ImportError:
        raise UsageError(INSTALL) from None
    except OSError:
        raise UsageError(NO_PANGO) from None
    logging.getLogger("weasyprint").setLevel(logging.ERROR)  # of styles that only browsers know
    return weasyprint


def _refuse(url: str, *_: Any, **__: Any) -> NoReturn:
    raise ValueError(f"a report loads nothing, and was asked for {url[:80]}")


def paint(root: Any) -> None:
    """Give every part of every drawing in a page the attributes that the style sheet of figures gives it."""
    import cssselect2

    matcher, fixed = _rules()
    for drawing in cssselect2.ElementWrapper.from_html_root(root).iter_subtree():
        if drawing.etree_element.tag not in (_SVG, "svg"):
            continue
        for part in drawing.iter_subtree():
            style = _matched(matcher, part)
            for name in DRAWN:
                if name in style:
                    value = _resolved(style[name], part, matcher, fixed)
                    part.etree_element.set(name, value)


def _rules() -> tuple[Any, dict[str, str]]:
    """The style sheet of figures as rules to match, and the colours of a light room."""
    import cssselect2
    import tinycss2

    sheet = (files("forecast.report") / "templates" / "figures.css").read_text("utf-8")
    matcher, fixed = cssselect2.Matcher(), dict[str, str]()
    for rule in tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True):
        if rule.type != "qualified-rule":
            continue
        said = {
            each.name: tinycss2.serialize(each.value).strip()
            for each in tinycss2.parse_blocks_contents(rule.content, skip_comments=True, skip_whitespace=True)
            if each.type == "declaration"
        }
        if tinycss2.serialize(rule.prelude).strip() == ":root":
            fixed |= said
        for selector in cssselect2.compile_selector_list(rule.prelude):
            matcher.add_selector(selector, said)
    return matcher, fixed


def _matched(matcher: Any, part: Any) -> dict[str, str]:
    """What the rules say of one element, the most specific last."""
    style: dict[str, str] = {}
    for _, _, _, said in sorted(matcher.match(part), key=lambda found: found[:2]):
        style |= said
    return style


def _resolved(value: str, part: Any, matcher: Any, fixed: dict[str, str]) -> str:
    """A value with its variables replaced: as the nearest element around says, else the page's own."""
    while found := _VARIABLE.search(value):
        name = found[1]
        told = next((style[name] for style in _around(part, matcher) if name in style), fixed.get(name, "none"))
        value = value.replace(found[0], told)
    return value


def _around(part: Any, matcher: Any) -> Iterator[dict[str, str]]:
    while part is not None:
        yield _matched(matcher, part)
        part = part.parent
