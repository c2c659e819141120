"""What is asked of the API: one request and how its answer is read. It sends nothing.

The generated operations and the hand-made resources make calls; the clients send them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Protocol, TypeVar

import httpx

T_co = TypeVar("T_co", covariant=True)

JSON, NDJSON, BYTES = "application/json", "application/x-ndjson", "application/octet-stream"


@dataclass(frozen=True)
class Call(Generic[T_co]):
    """One request. It may be sent several times, so a body is bytes, not a stream.

    `path` begins with `/api/v1/`; `files` are `(name, bytes)` by field of a form. Without an
    `idempotency_key` a POST gets a random one.
    """

    method: str
    path: str
    parse: Callable[[httpx.Response], T_co]
    params: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    content: bytes | None = None
    form: Mapping[str, str] | None = None
    files: Mapping[str, tuple[str, bytes]] | None = None
    idempotency_key: str | None = None

    def with_content(self, content: bytes, media_type: str, **headers: str) -> "Call[T_co]":
        """The same with these bytes as its body, and with more headers (`_` stands for `-`)."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        headers = {**self.headers, **more, "Content-Type": media_type}
        return replace(self, content=content, headers=headers, json=None)

    def with_form(
        self, form: Mapping[str, str], files: Mapping[str, tuple[str, bytes]]
    ) -> "Call[T_co]":
        """The same with a form as its body."""
        return replace(self, form=form, files=files, json=None)

    def under_key(self, idempotency_key: str) -> "Call[T_co]":
        """The same under an Idempotency-Key of your own: it has one effect, whoever repeats it."""
        return replace(self, idempotency_key=idempotency_key)


class Page(Protocol[T_co]):
    """A page of a list, as all lists of the API are."""

    @property
    def data(self) -> Sequence[T_co]: ...

    @property
    def next_(self) -> str | None: ...


def next_page(call: "Call[Page[T_co]]", page: Page[T_co]) -> "Call[Page[T_co]] | None":
    """The call for the page after this one; None after the last.

    Of the address in `next` only the path and the query are used: the key goes to no other host
    than the client's own, whatever an answer says.
    """
    if page.next_ is None:
        return None
    address = httpx.URL(page.next_)
    return replace(call, path=address.path, params=address.params)
