"""Runs every state of the workflow in AWS's own interpreter, with mocked results: nothing is deployed or called."""
