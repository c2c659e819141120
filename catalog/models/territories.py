"""The column of a territory."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.forms import CharField

from catalog.territories import (
    WORLD,
    Territory,
    TerritoryError,
    parse_territory,
    position,
    territory_of_ranges,
)
from common.database.fields import IntMultirangeField

# Stands for every country that no share names: WW and WW-DE hold there, DE does not.
ANYWHERE_ELSE = "ZZ"


class TerritoryField(IntMultirangeField):
    """A `catalog.territories.Territory`; text as people write it is taken as well."""

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(None if value is None else _territory(value).ranges)

    def from_db_value(self, value: Any, *rest: object) -> Any:
        ranges = super().from_db_value(value, *rest)
        return None if ranges is None else territory_of_ranges(ranges)

    def to_python(self, value: Any) -> Any:
        try:
            return None if value is None else _territory(value)
        except TerritoryError as error:
            raise ValidationError(str(error)) from error

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj))

    def formfield(self, **kwargs: Any) -> Any:
        return CharField(
            label="territory",
            initial=str(WORLD),
            required=False,
            empty_value=str(WORLD),
            max_length=1000,
            help_text="WW for the world, countries as DE+AT, or WW-US for the world without some.",
        )


def _territory(value: Territory | str) -> Territory:
    return value if isinstance(value, Territory) else parse_territory(value)


@TerritoryField.register_lookup
class HoldsIn(models.Lookup):
    """`territory__holds_in="DE"`: those that hold in a country; an index serves it."""

    lookup_name = "holds_in"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} @> %s::integer", (*parameters, position(str(self.rhs)))
