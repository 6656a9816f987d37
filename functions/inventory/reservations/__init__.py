"""Reservations: their life, their payments, and the notifications that follow."""
