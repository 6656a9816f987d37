"""Faults of the services of a running local AWS, which tests switch on and off."""
