"""The operations of the administrators' API: a module for each part, loaded by the first call of that part."""
