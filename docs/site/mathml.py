"""A Sphinx extension: formulas become MathML while the site is built, so that no page runs a script to show them."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.util import logging

_log = logging.getLogger(__name__)


def setup(app: Any) -> dict[str, Any]:
    """Offer the renderer `mathml`."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _inline(writer: Any, node: nodes.math) -> None:
    writer.body.append(_drawn(node, "inline"))
    raise nodes.SkipNode


def _block(writer: Any, node: nodes.math_block) -> None:
    writer.body.append(f'<div class="formula" tabindex="0">{_drawn(node, "block")}</div>\n')
    raise nodes.SkipNode


def _drawn(node: nodes.Element, display: str) -> str:
    try:
        return str(convert(node.astext(), display=display))
    except Exception as error:  # whatever it trips over, the build must say where
        _log.warning("this formula cannot be drawn (%s): %s", error, node.astext(), location=node)
        return ""
