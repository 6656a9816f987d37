"""The smoke test: buys a product of its own on a deployed stack, and cleans up afterwards."""
