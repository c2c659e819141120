"""What is done about claims: filing, deciding, contesting, settling, and telling of it."""
