"""The scheduled comparison: it costs what changed since the last one, and verifies everything within a month."""
