"""What the functions share: the words of the domain, its use cases, and the conditional writes behind them."""
