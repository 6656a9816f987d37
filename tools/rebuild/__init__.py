"""Rebuilds the read model of a deployed stack from its tables, while sales go on."""
