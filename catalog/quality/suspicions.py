"""Rows of deliveries that are suspect enough to wait until somebody has looked at them."""

from collections.abc import Iterable

from catalog.deliveries.suspicions import Suspect, suspicion


@suspicion("another-isrc")
def a_known_recording_gets_another_isrc(suspect: Suspect) -> Iterable[str]:
    """An ISRC is given once and for ever (ISO 3901), so another one means another recording."""
    if not suspect.is_new and suspect.row.isrc and "isrc" in suspect.changes:
        yield (
            f"The recording is known, and would now have the ISRC {suspect.row.isrc}; release the "
            "row if the former one was wrong, and deliver another recording under a track_id of "
            "its own."
        )
