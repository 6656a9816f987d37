"""Snapshots are made: by a merge of the one before with the journal, or anew from the tables."""
