"""How much the API takes, as ratios against bare ways to the same end, in one run."""
