"""What our functions add to the bare boto3 calls that they make: at a cold start, and in a warm container."""

from tools.bench.functions.figures import figures

__all__ = ["figures"]
