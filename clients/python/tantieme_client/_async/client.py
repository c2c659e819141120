"""The client: it sends calls, again where that helps, and turns refusals into exceptions."""

from collections.abc import AsyncIterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import uuid4

import httpx

from tantieme_client._async import resources
from tantieme_client._async.events import Events
from tantieme_client._async.generations import Generations
from tantieme_client._async.intake_files import IntakeFiles
from tantieme_client._async.jobs import Jobs
from tantieme_client._async.running import blocking, sleep
from tantieme_client._async.uploads import Uploads
from tantieme_client.calls import Call, Page, next_page
from tantieme_client.keys import access
from tantieme_client.problems import TantiemeError, error_of
from tantieme_client.retrying import Retries, lost
from tantieme_client.version import USER_AGENT

T = TypeVar("T")

IDEMPOTENCY_KEY = "Idempotency-Key"
CONNECT_SECONDS = 10.0
BLOCK_BYTES = 256 << 10


class AsyncTantieme:
    """The API of a Tantieme installation, for one key.

    It may be used by several threads or tasks at once. Close it, or use it in a `with` block.

    Args:
        key: else the environment's TANTIEME_API_KEY.
        base_url: else it follows from the kind of the key; see `keys.access`.
        timeout_seconds: how long to wait for each piece of an answer.
        retries: how patient to be.
        transport: of httpx, such as one with a proxy or certificates of your own.

    Raises:
        ValueError: there is no usable key or address.
    """

    def __init__(
        self,
        key: str | None = None,
        base_url: str | None = None,
        *,
        timeout_seconds: float = 60.0,
        retries: Retries = Retries(),  # noqa: B008 frozen
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._access = access(key, base_url)
        self._retries = retries
        self._http = httpx.AsyncClient(
            base_url=self._access.base_url,
            auth=self._access,
            headers={"User-Agent": USER_AGENT},
            timeout=httpx.Timeout(timeout_seconds, connect=CONNECT_SECONDS),
            transport=transport,
        )
        self.catalogue = resources.Catalogue(self)
        self.challenges = resources.Challenges(self)
        self.generations = Generations(self)
        self.intake_files = IntakeFiles(self)
        self.invoices = resources.Invoices(self)
        self.jobs = Jobs(self)
        self.key = resources.Keys(self)
        self.model_versions = resources.ModelVersions(self)
        self.periods = resources.Periods(self)
        self.requests = resources.Requests(self)
        self.revenue = Events(self, "revenue")
        self.sandbox = resources.Sandbox(self)
        self.uploads = Uploads(self)
        self.usage = Events(self, "usage")
        self.webhooks = resources.Webhooks(self)

    async def send(self, call: Call[T]) -> T:
        """Send a call; see `tantieme_client.operations` for all there are.

        Raises:
            TantiemeProblem: the API refused it; the subclass says why.
            ConnectionLost: no answer came.
            UnexpectedAnswer: what answered is not the API.
        """
        return call.parse(await self._respond(call))

    async def every(self, call: Call[Page[T]]) -> AsyncIterator[T]:
        """All rows of a list, newest first; pages are asked for as they are needed."""
        following: Call[Page[T]] | None = call
        while following is not None:
            page = await self.send(following)
            for row in page.data:
                yield row
            following = next_page(following, page)

    async def download(self, call: Call[bytes], path: Path) -> None:
        """Write what is answered to a file, which is there whole or not at all."""
        part = path.with_name(f"{path.name}.part")
        try:
            await self._respond(call, part)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    async def close(self) -> None:
        """Let the connections go."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._access}>"

    async def _respond(self, call: Call[Any], path: Path | None = None) -> httpx.Response:
        """A successful answer, after as many attempts as are worth it."""
        headers = dict(call.headers)
        if call.method == "POST":
            headers[IDEMPOTENCY_KEY] = call.idempotency_key or str(uuid4())
        attempt = 0
        while True:
            answer = await self._attempt(call, headers, path)
            if isinstance(answer, httpx.Response):
                return answer
            await sleep(self._retries.wait_seconds(attempt, answer))
            attempt += 1

    async def _attempt(
        self, call: Call[Any], headers: dict[str, str], path: Path | None
    ) -> httpx.Response | TantiemeError:
        """Send a call once; a successful answer goes into the file, if there is one."""
        sending = self._http.stream(
            call.method,
            call.path,
            params=call.params,
            headers=headers,
            json=call.json,
            content=call.content,
            data=call.form,
            files=call.files,
        )
        try:
            async with sending as response:
                if path is not None and response.is_success:
                    with path.open("wb") as file:
                        async for block in response.aiter_bytes(BLOCK_BYTES):
                            await blocking(file.write, block)
                else:
                    await response.aread()
        except httpx.TransportError as error:
            return lost(f"{call.method} {call.path}", error)
        return response if response.is_success else error_of(response)
