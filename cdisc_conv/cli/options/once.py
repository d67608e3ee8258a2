"""Values on the command line that would be passed over in silence: the first of two for one option, and empty ones."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperOption


class OnceCommand(TyperCommand):
    """A command that refuses empty values, and an option that is given twice unless it is meant to be repeated.

    An empty value comes from a variable of a script that is not set. It would mean the current folder, or everything.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The arguments that are left; see the base class.

        Raises BadParameter for an option that is given twice, and for a value of nothing but blanks and commas.
        """
        if not ctx.resilient_parsing:
            given, _, order = self.make_parser(ctx).parse_args(args=list(args))
            for param in dict.fromkeys(order):
                if not isinstance(param, TyperArgument | TyperOption):
                    continue
                values = given.get(param.name)
                for value in values if isinstance(values, list | tuple) else (values,):
                    if isinstance(value, str) and not value.strip(" \t,"):
                        more = "" if param.required else ", or leave it out"
                        raise typer.BadParameter(f"it is empty; give it a value{more}", ctx=ctx, param=param)
            for param in dict.fromkeys(order):
                if isinstance(param, TyperOption) and not param.multiple and not param.is_flag and not param.count:
                    times = order.count(param)
                    if times > 1:
                        message = f"it is given {times} times, and takes one value"
                        raise typer.BadParameter(message, ctx=ctx, param=param)
        return super().parse_args(ctx, args)
