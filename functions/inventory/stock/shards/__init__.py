"""A level that is spread over shards: its parts, which of them is chosen, and how their number changes."""
