"""The administrators' API: authorization, lists, the overview, and the checks of what they send."""
