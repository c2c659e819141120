"""What attribution does: corpora, the reference model, features, generations, runs.

Torch is imported inside functions that only workers call, so that a web process starts without it.
"""
