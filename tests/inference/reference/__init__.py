"""Five posteriors that PyMC's own sampler drew once, long, and that a fit of today must agree with."""
