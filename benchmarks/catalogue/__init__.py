"""How fast and how well the catalogue does what it does, as ratios against bare or naive ways."""
