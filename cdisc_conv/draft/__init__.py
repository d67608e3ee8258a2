"""The first draft of a study, from nothing but its exports: what `cdisc-conv init` does.

    exports     which files there are, how they are written, and the EDC's dictionary among them
    profiles    what each column holds: type, values, formats of dates, codes and their words
    names       names of columns taken apart, and the words that labels are made of
    targets     what CDASH and English call the variables of the SDTM
    vocabulary  what they call forms and tests
    forms       which domain a form belongs to
    columns     which variable a column belongs to
    codes       collected codes and words matched to terms
    datasets    drafts of events, interventions and findings
    subjects    the draft of demographics
    write       YAML with the reason and score of each line
    page        init_report.html

Nothing is invented: what was not collected stays blank and is listed to do, and no column disappears. Each drafted line
carries a mark (`DRAFT` in `cdisc_conv.spec.lint.drafts`) that a person takes away once it has been reviewed.
"""
