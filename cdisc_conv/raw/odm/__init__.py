"""ODM-XML 1.3.2 and 2.0 (and 1.1, and the drafts of 2.0): the metadata of a study, and its data as tables.

The file is streamed: no tree of it is ever in memory. Entities are refused, a DTD outside of the file is not read.

    stream      the elements of a file, safely
    metadata    events, forms, item groups, items, code lists; what sites take over from their study (Include)
    layout      which tables the forms make: one per form, and one per item group that repeats beside others
    data        the items of subjects, transactions resolved
    tables      rows in batches
    reader      the file as a source of forms, for the registry of readers

| code | what is wrong | severity |
|---|---|---|
| ODM001 | not well-formed XML | error |
| ODM002 | entities are declared | error |
| ODM003 | XML, but not ODM | error |
| ODM004 | data without metadata | warning |
| ODM005 | a MetaDataVersion includes one that is not there | warning |
| ODM006 | a draft of ODM 2.0 | note |
| ODM007 | transactions that contradict each other | warning |
| ODM008 | items, or repeats, that the metadata do not have | warning |
| ODM009 | annotations of items, which are not read | note |
"""
