"""Failures to exit codes: the one place where a command's exceptions end."""

from __future__ import annotations

import errno
import traceback
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import typer

from cdisc_conv.problems import ProblemsError
from cdisc_conv.visible import make_visible

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
}


def guarded(command: Callable[_P, int]) -> Callable[_P, None]:
    """The command with its return value as exit code, and every exception as a message and exit code 2.

    ProblemsError prints its problems, OSError names the path, Ctrl-C says so. Anything else is a defect of ours and
    comes with its traceback. Nothing half written is left behind in any of these cases; see `package.staging`.
    """

    @wraps(command)
    def call(*args: _P.args, **kwargs: _P.kwargs) -> None:
        try:
            code = command(*args, **kwargs)
        except typer.Exit:
            raise
        except ProblemsError as error:
            from cdisc_conv.cli.findings import print_problems

            print_problems(error.problems, stderr=True)
            code = FAILED
        except OSError as error:
            _say(describe_os_error(error))
            code = FAILED
        except KeyboardInterrupt:
            _say("interrupted; what was there before is unchanged")
            code = FAILED
        except MemoryError:
            _say("not enough memory; what was there before is unchanged (fewer --datasets need less)")
            code = FAILED
        except Exception:
            _say("this is a defect of cdisc-conv; please report it with the lines below")
            typer.echo(make_visible(traceback.format_exc()), err=True)
            code = FAILED
        raise typer.Exit(code)

    return call


def describe_os_error(error: OSError) -> str:
    """What went wrong with which path, and what to do.

    >>> describe_os_error(OSError(errno.ENOSPC, "No space left on device", "out/define.xml"))
    "the disk is full: 'out/define.xml' (make room, or choose another folder)"
    """
    words, hint = _WORDS.get(error.errno or 0, (error.strerror or str(error), ""))
    path = f": '{error.filename}'" if error.filename else ""
    return f"{words}{path}{f' ({hint})' if hint else ''}"


def _say(message: str) -> None:
    typer.echo(make_visible(f"cdisc-conv: {message}"), err=True)
