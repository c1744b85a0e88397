"""The `technologies` section, put together from the registry: a technology's own options, or `false`.

A new technology in the registry appears here, and in every section that is keyed by technology, by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, WithJsonSchema, create_model, model_validator

from greenzone.errors import nearest
from greenzone.schema import Options
from greenzone.technologies import TECHNOLOGIES


def known_technology(name: str) -> str:
    """The name, if it is one of the registry."""
    if name not in TECHNOLOGIES:
        raise ValueError(f"unknown technology '{name}': {nearest(name, TECHNOLOGIES)}")
    return name


TechnologyName = Annotated[
    str, AfterValidator(known_technology), WithJsonSchema({"type": "string", "enum": list(TECHNOLOGIES)})
]


class TechnologyOptions(Options):
    """How each technology is built and reckoned; `false` leaves a technology out."""

    @model_validator(mode="after")
    def _one_is_on(self) -> TechnologyOptions:
        if not self.enabled():
            raise ValueError("every technology is switched off: leave one on")
        return self

    def enabled(self) -> dict[str, Options]:
        """Options by technology, of those that are not switched off."""
        return {name: options for name in type(self).model_fields if (options := getattr(self, name)) is not False}


def _branch(value: Any) -> str:
    return "(off)" if value is False else "(options)"


def technology_options(registry: Mapping[str, Any]) -> type[TechnologyOptions]:
    """The model of the section for a registry of technologies."""
    fields: dict[str, Any] = {}
    for name, module in registry.items():
        choice: Any = Annotated[
            Annotated[module.Options, Tag("(options)")] | Annotated[Literal[False], Tag("(off)")],
            Discriminator(_branch),
        ]
        description = f"Options of {name}; `false` leaves it out."
        fields[name] = (choice, Field(default_factory=module.Options, description=description))
    return create_model("Technologies", __base__=TechnologyOptions, __doc__=TechnologyOptions.__doc__, **fields)


if TYPE_CHECKING:
    Technologies = TechnologyOptions
else:
    Technologies = technology_options(TECHNOLOGIES)
