"""How every test runs."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)  # how long an example takes is for the benchmarks
settings.load_profile("patient")
