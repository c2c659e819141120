"""Reading claims, conflicts, and what is claimed by nobody. Nothing here writes."""
