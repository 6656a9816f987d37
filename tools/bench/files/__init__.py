"""A catalogue of many rows goes in and out: seconds, processor time, memory and units of the worker of files."""

from tools.bench.files.measure import figures

__all__ = ["figures"]
