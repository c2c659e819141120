"""Webhooks as their owners' programs see and set them up."""
