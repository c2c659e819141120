"""Signing in and out, for whom one acts, and how pages look."""
