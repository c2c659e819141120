"""A generator's loop with Tantieme in it: TANTIEME_API_KEY=... python generator_loop.py"""

import random
from datetime import UTC, datetime
from uuid import uuid4

from tantieme_client import Tantieme


def generate() -> bytes:
    """Your model. Here: 200 notes at random, as a MIDI file."""
    pitches = random.choices([60, 62, 64, 65, 67, 69, 71, 72], k=200)
    notes = b"".join(bytes([0, 0x90, pitch, 80, 96, 0x80, pitch, 0]) for pitch in pitches)
    track = notes + b"\x00\xff\x2f\x00"
    return b"MThd\0\0\0\6\0\0\0\1\0\x60MTrk" + len(track).to_bytes(4, "big") + track


with Tantieme() as tantieme:
    model = next(iter(tantieme.model_versions.list())).ref
    for _ in range(2):
        name = f"piece-{uuid4()}"
        piece = tantieme.generations.send(generate(), external_id=name, model_version=model)
        use = {"event_id": f"use-of-{name}", "service": "studio", "generation": name}
        use |= {"subscriber": "s-4711", "used_at": datetime.now(UTC), "count": 1}
        tantieme.usage.send(use)
        found = tantieme.generations.wait_attributed(piece)
        shares = {share.track.title: share.share_ppb / 1e9 for share in found.shares or []}
        print(name, shares, "unattributed", (found.unattributed_ppb or 0) / 1e9)
