"""Measurements. Timings differ between machines and moments; the ratios within one run are what counts."""
