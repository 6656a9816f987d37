"""What the calls of the administrators' page take in a small shop and in a large one."""

from tools.bench.growth.measure import figures, table

__all__ = ["figures", "table"]
