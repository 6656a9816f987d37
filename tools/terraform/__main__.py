"""Command line: python -m tools.terraform write | test."""
