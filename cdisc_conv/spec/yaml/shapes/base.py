"""What the models of all files share."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

Pages = Annotated[tuple[int, ...], BeforeValidator(lambda value: (value,) if isinstance(value, int) else value)]
Text = Annotated[str, BeforeValidator(lambda value: str(value) if isinstance(value, int | float) else value)]
Texts = Annotated[tuple[str, ...], BeforeValidator(lambda value: (value,) if isinstance(value, str) else value)]


Written = Annotated[
    tuple[Text, ...], BeforeValidator(lambda value: (str(value),) if isinstance(value, str | int | float) else value)
]
"""Texts, of which one may look like a number: the informat 8.2."""


class Document(BaseModel):
    """Base of all: keys that are not declared are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, defer_build=True)
