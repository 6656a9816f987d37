"""What AWS refuses and the emulators accept: one file for each rule.

Each file holds the rule as a function over plain values, and a thin patch of the emulator that applies it.
"""
