"""Pages for the people of a platform."""
