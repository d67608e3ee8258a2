"""The first draft of a study, from nothing but its exports: what `cdisc-conv init` does.

    reading     which files there are and how they are written, the EDC's dictionary among them, and what columns hold
    matching    which domain a form belongs to, which variable a column, which term a code
    datasets    datasets drafted from forms: demographics, events and interventions, findings, and what is left over
    writing     YAML with the reason and score of each line, and init_report.html
    run         the whole road, all or nothing; `add` for a form of a study that is there

Nothing is invented: what was not collected stays blank and is listed to do, and no column disappears. Each drafted line
carries a mark (`DRAFT` in `cdisc_conv.spec.lint.drafts`) that a person takes away once it has been reviewed.
"""
