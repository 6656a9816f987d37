"""Looks the deployed template and all dependencies through for what is known to be dangerous: make audit."""
