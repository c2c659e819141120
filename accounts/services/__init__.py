"""What is done with organisations and their keys."""
