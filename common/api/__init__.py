"""What every API resource shares: problems, pages, keys, idempotency."""
