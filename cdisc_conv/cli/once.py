"""Options that take one value are given once: of two values, one would be passed over in silence."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperCommand, TyperOption


class OnceCommand(TyperCommand):
    """A command that refuses an option that is given twice, unless the option is meant to be repeated."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The arguments that are left; see the base class. Raises BadParameter for an option that is given twice."""
        if not ctx.resilient_parsing:
            _, _, order = self.make_parser(ctx).parse_args(args=list(args))
            for param in dict.fromkeys(order):
                if isinstance(param, TyperOption) and not param.multiple and not param.is_flag and not param.count:
                    times = order.count(param)
                    if times > 1:
                        message = f"it is given {times} times, and takes one value"
                        raise typer.BadParameter(message, ctx=ctx, param=param)
        return super().parse_args(ctx, args)
