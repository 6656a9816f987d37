"""Figures of the read model: plain decisions over plain values."""
