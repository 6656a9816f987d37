"""Figures beside those of levels: decisions by hour, live holds, open refunds, units sold, and demand that was lost."""
