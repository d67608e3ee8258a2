"""cdisc-conv lint."""

from __future__ import annotations

from cdisc_conv.cli.options.shared import Study


def lint(study: Study) -> int:
    """Check a study's mapping without reading any data.

    Lists everything that is wrong with it, at once, each with file and line.

    \b
    Example:
      cdisc-conv lint mappings/hope2021_thal_agc
    """
    from cdisc_conv.late import load_when_used

    load_when_used(("pandas", "pyreadstat"))  # a mapping is checked without them
    from cdisc_conv.cli.guard import FAILED
    from cdisc_conv.cli.printing.console import plural, print_line
    from cdisc_conv.cli.printing.findings import print_problems, summarise
    from cdisc_conv.package.lint import lint_whole
    from cdisc_conv.problems import exit_code

    loaded, problems = lint_whole(study)
    if loaded is None:
        print_problems(problems, stderr=True)
        return FAILED
    print_problems(problems)
    read = f"{plural(len(loaded.datasets), 'dataset')} and {plural(len(loaded.forms), 'form')} of {loaded.name} checked"
    print_line(f"{read}: {summarise(problems) if problems else 'no findings'}")
    return exit_code(problems)
