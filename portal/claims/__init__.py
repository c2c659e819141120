"""What the pages of claims have in common, for rights holders and for the operator."""
