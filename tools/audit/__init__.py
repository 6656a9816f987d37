"""Scans the deployed template and all dependencies for known vulnerabilities: make audit."""
