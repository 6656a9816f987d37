"""Tries a deployed stack out with a product of its own, and leaves it as it was."""
