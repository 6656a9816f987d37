"""Reservations, refunds and failed executions by a part of any of their ids: immutable files that are searched whole."""
