"""Compares the books of a deployed stack, and sets right what somebody decides to."""
