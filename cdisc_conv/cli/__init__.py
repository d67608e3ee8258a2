"""The command line: one file per command. A command reads its arguments, calls the library, and prints."""

from cdisc_conv.cli.app import app, main

__all__ = ["app", "main"]
