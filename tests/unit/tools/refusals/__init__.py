"""Tests of what the local AWS refuses as AWS does."""
