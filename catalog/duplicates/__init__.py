"""The same thing twice: found by its file, its notes, its sound or its spelling, and put together.

A candidate is a pair of tracks, works or parties with evidence that a person can look at and hear.
A person decides: the same (one is merged into the other, which can be undone), versions of each
other, or distinct. Nothing is ever merged by itself, since money follows (`docs/concepts/
duplicates.md`).
"""
