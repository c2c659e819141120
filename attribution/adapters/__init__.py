"""How models of different kinds read music: one adapter an architecture, ours and other people's.

A plain library like the engine. `protocol` says what an adapter is, `registry` finds it by the name
of its architecture.
"""
