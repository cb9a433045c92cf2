"""The report that next week is imagined to bring, unless somebody says otherwise."""

from __future__ import annotations

from typing import Final

USUAL_CELL: Final = ("B", 2)
"""Its Admiralty cell."""
USUAL_SEARCH: Final = 0.8
"""The chance that a search finds what there is."""
