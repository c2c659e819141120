"""Pages for rights holders: what they are owed, and why."""
