"""What platforms report: uses and revenue."""
