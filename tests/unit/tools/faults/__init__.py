"""Tests of the faults that tests switch on a running local AWS."""
