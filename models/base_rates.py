"""Base rates: how past episodes of the same kind went, and nothing else.

    when    gates and resolution at the paces that past episodes taught, given that the question is still open
    which   how often past nominees got through; what is left by how past episodes ended, evenly within an end

No driver, no report, no stated share. The laws are those by which the model `latent_drivers` learns its paces
(`forecast/model/base_rates.py`); what they say by themselves is the outside view (`forecast/model/outside_view.py`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from forecast.model.outside_view import outside_view
from forecast.model.problem import Problem


def incidence(problem: Problem) -> NDArray[np.float64]:
    """Cumulative incidence of the outcomes by the end of each future week; (draw, week, outcome).

    Raises
    ------
    UnfitError
        If the case's assumptions name no past episodes.
    """
    return outside_view(problem)
