"""Reservations: what happens to them is an event."""
