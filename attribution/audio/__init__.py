"""Sound: reading and measuring recordings, and small models that learn from them and play.

A plain library like the engine: torch, torchaudio and numpy, nothing of Django.
"""
