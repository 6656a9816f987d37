"""Scenes of the demo that show more than one checkout: who sees what, and when."""
