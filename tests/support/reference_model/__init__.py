"""Reference model of a shop: the business rules in plain Python, sequential and without a database."""
