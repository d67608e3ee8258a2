"""Failures to exit codes: the one place where a command's exceptions end."""

from __future__ import annotations

import errno
import logging
import signal
import traceback
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import typer

from cdisc_conv.docstrings import read_docstring
from cdisc_conv.problems import ProblemsError
from cdisc_conv.visible import make_visible
from cdisc_conv.workplace import forget_placed, list_placed

FAILED = 2
"""Exit code of a command that could not do what it was asked."""

_P = ParamSpec("_P")

_WORDS = {
    errno.ENOSPC: ("the disk is full", "make room, or choose another folder"),
    errno.EDQUOT: ("the disk quota is used up", "make room, or choose another folder"),
    errno.EROFS: ("the file system is read-only", "choose another folder"),
    errno.EACCES: ("permission denied", "check the permissions, and close programs that have files of the folder open"),
    errno.EPERM: ("permission denied", "check the permissions, and close programs that have files of the folder open"),
    errno.ENOENT: ("there is no such file or folder", "check the spelling"),
    errno.EISDIR: ("this is a folder, not a file", "give the name of a file"),
    errno.ENOTDIR: ("a part of the path is a file, not a folder", "check the spelling"),
    errno.ENAMETOOLONG: ("the name is too long", "choose a shorter one"),
    errno.ELOOP: ("a link leads to itself", "choose another name, or remove the link"),
    errno.EBUSY: ("the file or folder is in use", "close the programs that use it, or choose another name"),
    errno.EIO: ("the disk cannot be read or written", "check the disk, or choose another folder"),
}


class Ended(KeyboardInterrupt):
    """The system asked the program to end; the argument says how."""


class _Said(logging.Handler):
    """What the library logs, in the words of the command line."""

    def emit(self, record: logging.LogRecord) -> None:
        _say(record.getMessage())


def end_in_order() -> None:
    """Let SIGTERM and SIGHUP end the program as Ctrl-C does, with everything cleaned up; not where they are ignored."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end)


def _end(number: int, frame: object) -> None:
    raise Ended(f"ended by {signal.Signals(number).name}")


def _log_to_console() -> None:
    log = logging.getLogger("cdisc_conv")
    if not any(isinstance(handler, _Said) for handler in log.handlers):
        log.addHandler(_Said())


def guarded(command: Callable[_P, int]) -> Callable[_P, None]:
    """The command with its return value as exit code, and every exception as a message and exit code 2.

    ProblemsError prints its problems, OSError names the path, Ctrl-C says so. Anything else is a defect of ours and
    comes with its traceback. Nothing half written is left behind in any of these cases; see `workplace`.
    """

    command.__doc__ = read_docstring(command)

    @wraps(command)
    def call(*args: _P.args, **kwargs: _P.kwargs) -> None:
        _log_to_console()
        try:
            code = report_failure(command, *args, **kwargs)
        except KeyboardInterrupt as error:
            _say(f"{error.args[0] if isinstance(error, Ended) else 'interrupted'}; {_describe_outputs()}")
            code = FAILED
        raise typer.Exit(code)

    return call


def report_failure(command: Callable[_P, int], *args: _P.args, **kwargs: _P.kwargs) -> int:
    """What a command returns, or exit code 2 after the message of its exception; Ctrl-C is raised."""
    forget_placed()
    try:
        return command(*args, **kwargs)
    except typer.Exit:
        raise
    except ProblemsError as error:
        from cdisc_conv.cli.printing.findings import print_problems

        print_problems(error.problems, stderr=True)
    except OSError as error:
        _say(describe_os_error(error))
    except MemoryError:
        _say(f"not enough memory; {_describe_outputs()} (fewer --datasets need less)")
    except Exception:
        _say("this is a defect of cdisc-conv; please report it with the lines below")
        typer.echo(make_visible(traceback.format_exc()), err=True)
    return FAILED


def describe_os_error(error: OSError) -> str:
    """What went wrong with which path, and what to do.

    >>> describe_os_error(OSError(errno.ENOSPC, "No space left on device", "out/define.xml"))
    "the disk is full: 'out/define.xml' (make room, or choose another folder)"
    """
    words, hint = _WORDS.get(error.errno or 0, (error.strerror or str(error), ""))
    path = f": '{error.filename}'" if error.filename else ""
    return f"{words}{path}{f' ({hint})' if hint else ''}"


def _describe_outputs() -> str:
    """What has become of the outputs of a command that did not come to its end."""
    placed = [f"'{path}'" for path in list_placed()]
    if not placed:
        return "what was there before is unchanged"
    return f"{', '.join(placed)} {'is' if len(placed) == 1 else 'are'} complete and in place"


def _say(message: str) -> None:
    typer.echo(make_visible(f"cdisc-conv: {message}"), err=True)
