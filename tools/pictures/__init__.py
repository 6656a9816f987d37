"""Pictures of the admin page: its pages and dialogs in both color schemes and three widths, of a shop with much to show."""
