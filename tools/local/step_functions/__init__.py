"""The Step Functions engine (moto), and what connects it to ministack."""
