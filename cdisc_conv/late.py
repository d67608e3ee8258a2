"""What is loaded when it is first used: names of our packages, and libraries that take long to load."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

_loading = threading.RLock()


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


def load_when_used(libraries: Iterable[str]) -> None:
    """Have later imports of some libraries wait until something of them is used; those that are loaded stay so.

    For commands that look at no data, as the first thing they do; elsewhere an import means what it says.
    """
    for name in libraries:
        sys.modules.setdefault(name, _Late(name))


class _Late(ModuleType):
    """Stands for a library until something of it is asked for, and has all of it from then on."""

    def __getattr__(self, name: str) -> Any:
        with _loading:
            if sys.modules.get(self.__name__) is self:
                del sys.modules[self.__name__]
            library = import_module(self.__name__)
            vars(self).update({one: said for one, said in vars(library).items() if one not in vars(self)})
        return getattr(library, name)
