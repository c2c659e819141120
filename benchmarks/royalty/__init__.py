"""Speed and memory of the money; run as `python -m benchmarks.royalty`."""
