"""Benchmarks. Timings depend on the machine; only the ratios within one run are comparable."""
