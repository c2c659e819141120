"""A person's notices, whoever they act for."""
