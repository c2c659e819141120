"""Consent: whether a track may be used, and what rights holders say about it themselves."""

from catalog.services.consents.standing import Objection, Standing, allowed_tracks, standings

__all__ = ["Objection", "Standing", "allowed_tracks", "standings"]
