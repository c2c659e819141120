"""The columns of identifiers: only normal forms are kept; what people type is normalised."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from catalog import identifiers

LONGEST_TYPED = 80  # with separators, spaces and the identifier's own name in front


class IdentifierField(models.CharField):  # type: ignore[type-arg]
    """An identifier; its own name says of which kind (`catalog.identifiers.PARSERS`)."""

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        try:
            normal = identifiers.PARSERS[self.name](value) if value else value
        except identifiers.IdentifierError as error:
            raise ValidationError(str(error)) from error
        return super().clean(normal, model_instance)

    def shown(self, value: str) -> str:
        """A normal form as its standard displays it."""
        return identifiers.SHOWN[self.name](value)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"max_length": LONGEST_TYPED, **kwargs})


def normal(field: str, form: str, name: str) -> models.CheckConstraint:
    """Only the normal form or nothing is kept in a column; the check digit is the parser's."""
    return models.CheckConstraint(
        condition=Q(**{field: ""}) | Q(**{f"{field}__regex": f"^{form}$"}),
        name=name,
        violation_error_message="It is not written in its normal form.",
    )
