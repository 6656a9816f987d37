"""The figures of the overview, the levels that run out, and the units that were refused."""
