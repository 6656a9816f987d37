"""The demo: many checkouts at once, with every outcome, on a deployed stack."""
