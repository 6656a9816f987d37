"""Changes of stock that machines send: checked, planned, and applied once."""
