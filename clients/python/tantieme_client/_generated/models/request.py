from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast
import datetime


T = TypeVar("T", bound="Request")


@_attrs_define
class Request:
    """A request and what was answered; never what it contained.

    Attributes:
        request_id (str): Yours, if you sent `X-Request-ID`.
        answered_at (datetime.datetime):
        key (str): The part of the key that is not secret.
        method (str):
        path (str): Without the query.
        status (int):
        problem (None | str): The `type` of the problem, if any.
        detail (str): What the problem said; empty without one.
        milliseconds (int): That it took us.
        received_bytes (int): Of the body, as its length was stated.
        idempotency_key (str): Empty without one.
        is_replay (bool): Whether an earlier answer was sent again.
        address (None | str): Where it came from.
        user_agent (str):
    """

    request_id: str
    answered_at: datetime.datetime
    key: str
    method: str
    path: str
    status: int
    problem: None | str
    detail: str
    milliseconds: int
    received_bytes: int
    idempotency_key: str
    is_replay: bool
    address: None | str
    user_agent: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        request_id = self.request_id

        answered_at = self.answered_at.isoformat()

        key = self.key

        method = self.method

        path = self.path

        status = self.status

        problem: None | str
        problem = self.problem

        detail = self.detail

        milliseconds = self.milliseconds

        received_bytes = self.received_bytes

        idempotency_key = self.idempotency_key

        is_replay = self.is_replay

        address: None | str
        address = self.address

        user_agent = self.user_agent

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "request_id": request_id,
                "answered_at": answered_at,
                "key": key,
                "method": method,
                "path": path,
                "status": status,
                "problem": problem,
                "detail": detail,
                "milliseconds": milliseconds,
                "received_bytes": received_bytes,
                "idempotency_key": idempotency_key,
                "is_replay": is_replay,
                "address": address,
                "user_agent": user_agent,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        request_id = d.pop("request_id")

        answered_at = datetime.datetime.fromisoformat(d.pop("answered_at"))

        key = d.pop("key")

        method = d.pop("method")

        path = d.pop("path")

        status = d.pop("status")

        def _parse_problem(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        problem = _parse_problem(d.pop("problem"))

        detail = d.pop("detail")

        milliseconds = d.pop("milliseconds")

        received_bytes = d.pop("received_bytes")

        idempotency_key = d.pop("idempotency_key")

        is_replay = d.pop("is_replay")

        def _parse_address(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        address = _parse_address(d.pop("address"))

        user_agent = d.pop("user_agent")

        request = cls(
            request_id=request_id,
            answered_at=answered_at,
            key=key,
            method=method,
            path=path,
            status=status,
            problem=problem,
            detail=detail,
            milliseconds=milliseconds,
            received_bytes=received_bytes,
            idempotency_key=idempotency_key,
            is_replay=is_replay,
            address=address,
            user_agent=user_agent,
        )

        request.additional_properties = d
        return request

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
