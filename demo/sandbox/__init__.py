"""A sandbox for platforms: seeded with music, a small model and contracts, where a month passes in
a minute. Everything is as in earnest, but the time, the people and the money."""
