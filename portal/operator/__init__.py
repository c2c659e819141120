"""Pages for whoever runs the service."""
