"""Loads a catalogue into the local AWS, and says what is wrong with a file that cannot be loaded."""
