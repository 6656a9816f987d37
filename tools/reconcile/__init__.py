"""Compares the stock counters of a deployed stack with its reservations and ledger, and repairs them on request."""
