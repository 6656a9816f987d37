"""What lists, search and figures of administrators come from: a snapshot of the tables, and a journal of what changed since."""
