"""The two ways in: HTTP through API Gateway, and direct invocation."""
