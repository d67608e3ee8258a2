"""Names of a package that are loaded when they are first used: who needs one of them does not wait for all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def load_from(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """The ``__getattr__`` of a package: `homes` says in which of its modules each of its names is.

    >>> get = load_from("cdisc_conv", {"Place": "problems"})
    >>> str(get("Place")(form="ae"))
    'form ae'
    >>> get("Plaice")
    Traceback (most recent call last):
    AttributeError: module 'cdisc_conv' has no attribute 'Plaice'
    """

    def get(name: str) -> Any:
        if name in homes:
            return getattr(import_module(f"{package}.{homes[name]}"), name)
        raise AttributeError(f"module '{package}' has no attribute '{name}'")

    return get
