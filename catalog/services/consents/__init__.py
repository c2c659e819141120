"""Consent: whether a track may be used, and what rights holders say about it themselves."""

from catalog.services.consents.reading import (
    RightState,
    State,
    parts_of,
    states_of,
    tracks_held_by,
)
from catalog.services.consents.speaking import (
    Saying,
    SayingRefused,
    agree,
    lift,
    what_lacks_to_agree,
    withdraw,
)
from catalog.services.consents.standing import Objection, Standing, allowed_tracks, standings
from catalog.services.consents.telling import What, tell_holders

__all__ = [
    "Objection",
    "RightState",
    "Saying",
    "SayingRefused",
    "Standing",
    "State",
    "What",
    "agree",
    "allowed_tracks",
    "lift",
    "parts_of",
    "standings",
    "states_of",
    "tell_holders",
    "tracks_held_by",
    "what_lacks_to_agree",
    "withdraw",
]
