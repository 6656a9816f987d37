"""The processes of a local AWS: how they start, belong together and end."""
