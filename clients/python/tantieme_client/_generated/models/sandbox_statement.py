from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, BinaryIO, TextIO, TYPE_CHECKING, Generator

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

from typing import cast

if TYPE_CHECKING:
    from ..models.statement_document import StatementDocument


T = TypeVar("T", bound="SandboxStatement")


@_attrs_define
class SandboxStatement:
    """What a rights holder of the sandbox is told about a period of yours.

    Attributes:
        id (int):
        period (int):
        party (str):
        version (int):
        currency (str):
        opening (str):
        earned (str):
        closing (str):
        documents (list[StatementDocument]):
    """

    id: int
    period: int
    party: str
    version: int
    currency: str
    opening: str
    earned: str
    closing: str
    documents: list[StatementDocument]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.statement_document import StatementDocument  # noqa: PLC0415

        id = self.id

        period = self.period

        party = self.party

        version = self.version

        currency = self.currency

        opening = self.opening

        earned = self.earned

        closing = self.closing

        documents = []
        for documents_item_data in self.documents:
            documents_item = documents_item_data.to_dict()
            documents.append(documents_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "period": period,
                "party": party,
                "version": version,
                "currency": currency,
                "opening": opening,
                "earned": earned,
                "closing": closing,
                "documents": documents,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.statement_document import StatementDocument  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        period = d.pop("period")

        party = d.pop("party")

        version = d.pop("version")

        currency = d.pop("currency")

        opening = d.pop("opening")

        earned = d.pop("earned")

        closing = d.pop("closing")

        documents = []
        _documents = d.pop("documents")
        for documents_item_data in _documents:
            documents_item = StatementDocument.from_dict(documents_item_data)

            documents.append(documents_item)

        sandbox_statement = cls(
            id=id,
            period=period,
            party=party,
            version=version,
            currency=currency,
            opening=opening,
            earned=earned,
            closing=closing,
            documents=documents,
        )

        sandbox_statement.additional_properties = d
        return sandbox_statement

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
