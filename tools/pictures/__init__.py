"""Pictures of the admin page: every page in both color schemes and three widths, of a shop that has something to show."""
