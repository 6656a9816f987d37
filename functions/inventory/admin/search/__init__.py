"""One search over levels, reservations, failed executions and payments: exact ids first, then parts."""
