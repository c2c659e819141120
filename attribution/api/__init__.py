"""What platforms send to be attributed, and what they read of it."""
