"""Load on the running local AWS: shoppers that arrive at a chosen rate, whatever becomes of those before them."""
