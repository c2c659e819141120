"""How fast recordings are read, as ratios against named baselines: `python -m benchmarks.audio`."""
