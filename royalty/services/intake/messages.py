"""Messages of DSRs: known by sender and MessageId, never used again, and about one period."""

from typing import IO

from catalog.models import Platform
from royalty.models import IntakeFile, Period
from royalty.services.intake import dsr
from royalty.services.intake.faults import refused
from royalty.services.intake.record import BrokenLine


def new_message(platform: Platform, stream: IO[bytes]) -> str:
    """Who sent a DSR under which MessageId.

    Raises:
        IntakeRefused: it cannot be read, came before, or its days lie in several periods.
    """
    try:
        head = dsr.read_head(stream)
    except BrokenLine as error:
        raise refused(f"{error}") from error
    message = f"{head.sender}:{head.message_id}"[:300]
    known = IntakeFile.objects.filter(platform=platform, message=message).first()
    if known is not None:
        raise refused(
            f"The message {message} came with another content in {known.name}; a MessageId is "
            "never used again."
        )
    split = Period.objects.filter(
        contract__platform=platform,
        contract__service=head.service,
        starts_on__lte=head.last_day,
        starts_on__gt=head.first_day,
    ).first()
    if head.first_day > head.last_day or split is not None:
        raise refused(
            f"The report is about {head.first_day} to {head.last_day}; send one for the days of "
            "each period."
        )
    return message
