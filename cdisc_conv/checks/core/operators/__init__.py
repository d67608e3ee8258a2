"""The operators of CDISC's rules, one topic a file; importing this registers them all."""

from cdisc_conv.checks.core.operators import (
    dates,
    equality,
    lengths,
    membership,
    numbers,
    order,
    presence,
    sets,
    terms,
    texts,
)

__all__ = ["dates", "equality", "lengths", "membership", "numbers", "order", "presence", "sets", "terms", "texts"]
