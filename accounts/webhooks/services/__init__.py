"""What changes webhooks: emitting, delivering, and what their owners do with endpoints."""
