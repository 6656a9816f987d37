"""A small checkout service over inventory_client: it holds, asks a payment provider, pays and releases."""
