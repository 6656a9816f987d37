"""What happened to an order or to a customer, as one list."""
