"""Follows the streams of the tables: what changed is written into the journal."""
