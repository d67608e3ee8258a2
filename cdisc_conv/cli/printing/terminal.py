"""The console of rich, but for texts that would steer the terminal, and for readers that stop reading."""

from __future__ import annotations

import os
import sys
from typing import Any

from rich.console import Console
from rich.text import Text

from cdisc_conv.visible import make_visible


class SafeConsole(Console):
    """Prints what texts hold, and does nothing that they say: control characters are shown as escapes."""

    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(make_visible(text), **options)

    def on_broken_pipe(self) -> None:
        """What nobody reads any more (``| head``) goes nowhere; the command goes on to its end and its exit code."""
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
