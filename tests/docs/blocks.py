"""The blocks of Python on a page, and the names under which it shows them."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def blocks(page: str) -> dict[str, str]:
    """Each block by what the comment before it calls it; by its number where there is none."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    found = re.findall(r"(?:<!-- ([^>]*?) -->\n\n)?^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return {name or str(number): code for number, (name, code) in enumerate(found)}
