"""Live stock: shoppers and other systems see what is written, by whatever wrote it."""
