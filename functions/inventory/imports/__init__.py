"""Imports of catalogues: the CSV, the run, and its report."""
