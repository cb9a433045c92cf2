"""How every test runs."""

import os

from hypothesis import settings

os.environ.pop("COLUMNS", None)  # a console keeps the width that is set when it is made, so none may be
import forecast.commands.console  # noqa: F401

settings.register_profile("patient", deadline=None)  # how long an example takes is for the benchmarks
settings.load_profile("patient")
