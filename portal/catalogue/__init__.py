"""Pages about the catalogue for the operator's people: what exists, and whether it is right."""
