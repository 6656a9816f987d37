"""A day in a shop: real checkouts through every outcome, against the deployed component."""
