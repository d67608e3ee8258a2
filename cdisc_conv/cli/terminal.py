"""The console of rich, but for texts that would steer the terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from cdisc_conv.visible import make_visible


class SafeConsole(Console):
    """Prints what texts hold, and does nothing that they say: control characters are shown as escapes."""

    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(make_visible(text), **options)
