"""Reading attribution: what the layers above ask of it, typed. Nothing here writes."""
