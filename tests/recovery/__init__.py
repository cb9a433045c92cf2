"""Whether intervals cover at their rates in worlds that another program wrote, and how far they bend in broken ones."""
