"""Uses and revenue, one by one or in batches. For whole files see `intake`."""

from collections.abc import AsyncIterator, Iterable
from typing import TYPE_CHECKING

from tantieme_client import operations
from tantieme_client._async.running import Resource
from tantieme_client.calls import JSON, NDJSON
from tantieme_client.lines import EVENTS, Event, batches, shifted, spelled
from tantieme_client.models import IntakeFile
from tantieme_client.problems import Invalid

if TYPE_CHECKING:
    from tantieme_client._async.client import AsyncTantieme


class Events(Resource):
    """`client.usage` and `client.revenue`. An `event_id` counts once, however often it is sent."""

    def __init__(self, client: "AsyncTantieme", kind: str) -> None:
        super().__init__(client)
        self._operation = operations.send_usage if kind == "usage" else operations.send_revenue

    async def send(self, event: Event, *, late: bool = False) -> IntakeFile:
        """Send one event.

        Args:
            event: a `Usage` or `Revenue`, or a dictionary with the same fields; moments need a
                time zone, amounts are text or `Decimal`.
            late: keep it though its period is closed, until that is restated.

        Raises:
            Invalid: something in it is wrong, or the name was used for another event.
        """
        call = self._operation(late=late).with_content(spelled(event), JSON)
        return await self._client.send(call)

    async def send_many(
        self, events: Iterable[Event], *, late: bool = False
    ) -> AsyncIterator[IntakeFile]:
        """Send any number of events in batches, each taken in whole or not at all; yields what
        became of each batch. Send everything again after an error: nothing counts twice.

        Raises:
            Invalid: a batch was refused; lines count from the first event that you gave.
        """
        sent = 0
        for batch in batches(events, EVENTS):
            call = self._operation(late=late).with_content(batch.content, NDJSON)
            try:
                yield await self._client.send(call)
            except Invalid as problem:
                raise shifted(problem, sent) from None
            sent += batch.count
