"""The evidence page: a segment of a generated piece beside the segment that shaped it, to hear.

    lines     from a statement's line to its evidence
    drawing   from notes to where they stand on the page
    sound     recordings: their pictures, and the table of what these show
    serving   a stored file, whole or in part
    views     the page, and its states while something is missing

The page is complete without scripts; static/js/player.js adds sound to what is drawn.
"""
