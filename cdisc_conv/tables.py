"""The names of tables that records are made of, raw forms and datasets, and of their columns."""

from __future__ import annotations

SUBJECT = "USUBJID"
"""The variable that ties the records of a subject together in every dataset."""
_FORM = "form "
_DATASET = "dataset "


class TableId(str):
    """A raw form (``form ae``) or a dataset (``DS``), as derivations and mappings write it.

    >>> [(table, table.is_form, table.name) for table in (TableId("form ae"), TableId("DS"))]
    [('form ae', True, 'ae'), ('DS', False, 'DS')]
    """

    __slots__ = ()

    @classmethod
    def of_form(cls, name: str) -> TableId:
        """The table of a raw form."""
        return cls(f"{_FORM}{name}")

    @classmethod
    def of_source(cls, source: str) -> TableId:
        """The table that records call ``form ae`` or ``dataset DS``; see `source`."""
        return cls(source.removeprefix(_DATASET))

    @property
    def is_form(self) -> bool:
        """Whether it is a raw form."""
        return self.startswith(_FORM)

    @property
    def name(self) -> str:
        """The name of the form, or of the dataset."""
        return self.removeprefix(_FORM)

    @property
    def source(self) -> str:
        """How the records made from it call it: ``form ae``, ``dataset DS``."""
        return str(self) if self.is_form else f"{_DATASET}{self}"


class ColumnRef(str):
    """A column, with its table before a point where it has one, as mappings, lineage and reports write it.

    >>> ref = ColumnRef("form ae.AETERM")
    >>> ref.table, ref.table.is_form, ref.column
    ('form ae', True, 'AETERM')
    >>> ColumnRef.of("AE", "AESTDTC") == "AE.AESTDTC"
    True
    >>> ColumnRef("AESEV").has_table, ColumnRef("AESEV").column
    (False, '')
    """

    __slots__ = ()

    @classmethod
    def of(cls, table: str, column: str) -> ColumnRef:
        """The column of a table."""
        return cls(f"{table}.{column}")

    @property
    def has_table(self) -> bool:
        """Whether it names a table, and does not leave it to where it is read."""
        return "." in self

    @property
    def table(self) -> TableId:
        """What stands before the point."""
        return TableId(self.partition(".")[0])

    @property
    def column(self) -> str:
        """What stands after it; "" where there is none."""
        return self.partition(".")[2]
