"""After the payment: sold units are dispatched, and come back."""
