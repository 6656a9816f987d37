"""Tests of AppSync Events on the local AWS."""
