"""Mutation testing: changes the core in small ways, and finds which changes no test notices."""
