"""Which modules own a parameter, by their names in the model. A tied parameter has several."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from torch import nn

from attribution.engine.gradients.attention import EXPOSED, IN_PROJ, can_be_exposed


@dataclass(frozen=True)
class Owner:
    """A module's name in the model ("" is the model), and the attribute that is the parameter.

    `hooked` is where hooks look for the parameter: another module where the owner is exposed.
    """

    module: str
    attribute: str
    hooked: tuple[str, str]

    def inside(self, module: str) -> str:
        """Return the parameter's name as seen from an enclosing module."""
        name = f"{self.module}.{self.attribute}" if self.module else self.attribute
        return name.removeprefix(f"{module}.") if module else name


def owners_of(model: nn.Module) -> dict[str, list[Owner]]:
    """Map each parameter, under its first name, to all its owners."""
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    owners: dict[str, list[Owner]] = {name: [] for name in names.values()}
    for module_name, module in model.named_modules():
        for attribute, parameter in module._parameters.items():
            if parameter is not None:
                hooked = _hooked(module_name, module, attribute)
                owners[names[id(parameter)]].append(Owner(module_name, attribute, hooked))
    return owners


def enclosing(owners: Sequence[Owner]) -> Iterator[str]:
    """Yield the modules that contain all owners, from the smallest to the model itself."""
    paths = [owner.module.split(".") if owner.module else [] for owner in owners]
    shared: list[str] = []
    for parts in zip(*paths, strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    for length in range(len(shared), -1, -1):
        yield ".".join(shared[:length])


def _hooked(name: str, module: nn.Module, attribute: str) -> tuple[str, str]:
    if attribute in EXPOSED and can_be_exposed(module):
        return f"{name}.{IN_PROJ}" if name else IN_PROJ, EXPOSED[attribute]
    return name, attribute
