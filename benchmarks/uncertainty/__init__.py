"""Does uncertainty mean what it says? Measured where the truth is known.

    world → members (trained, sampled, scored; kept under var/uncertainty) → measures → tables

The truth comes from three places: passages of tracks that were laid into pieces (power), tracks
that a model did not see because it was trained on the other half (false payment, exchangeability),
and independent trainings of the same half (coverage). docs/decisions/0007-uncertainty.md reads the
tables.
"""
