"""The grammar of Define-XML 2.1 that the checks go by: children in order, attributes, definitions and references."""

from __future__ import annotations

CHILDREN: dict[str, tuple[str, ...]] = {
    "ODM": ("Study",),
    "Study": ("GlobalVariables", "MetaDataVersion"),
    "GlobalVariables": ("StudyName", "StudyDescription", "ProtocolName"),
    "MetaDataVersion": (
        "def:Standards",
        "def:AnnotatedCRF",
        "def:SupplementalDoc",
        "def:ValueListDef",
        "def:WhereClauseDef",
        "ItemGroupDef",
        "ItemDef",
        "CodeList",
        "MethodDef",
        "def:CommentDef",
        "def:leaf",
    ),
    "def:Standards": ("def:Standard",),
    "def:AnnotatedCRF": ("def:DocumentRef",),
    "def:SupplementalDoc": ("def:DocumentRef",),
    "def:DocumentRef": ("def:PDFPageRef",),
    "def:ValueListDef": ("Description", "ItemRef"),
    "def:WhereClauseDef": ("RangeCheck",),
    "RangeCheck": ("CheckValue",),
    "ItemGroupDef": ("Description", "ItemRef", "Alias", "def:Class", "def:leaf"),
    "ItemRef": ("def:WhereClauseRef",),
    "def:Class": ("def:SubClass",),
    "def:leaf": ("def:title",),
    "ItemDef": ("Description", "CodeListRef", "Alias", "def:Origin", "def:ValueListRef"),
    "def:Origin": ("Description", "def:DocumentRef"),
    "CodeList": ("Description", "CodeListItem", "ExternalCodeList", "EnumeratedItem", "Alias"),
    "CodeListItem": ("Decode", "Alias", "Description"),
    "EnumeratedItem": ("Alias", "Description"),
    "MethodDef": ("Description", "FormalExpression", "Alias", "def:DocumentRef"),
    "def:CommentDef": ("Description", "def:DocumentRef"),
    "Description": ("TranslatedText",),
    "Decode": ("TranslatedText",),
}
"""Elements that may stand inside an element, in their order."""

REQUIRED: dict[str, tuple[str, ...]] = {
    "ODM": ("ODMVersion", "FileType", "FileOID", "CreationDateTime", "def:Context"),
    "Study": ("OID",),
    "MetaDataVersion": ("OID", "Name", "def:DefineVersion"),
    "def:Standard": ("OID", "Name", "Type", "Version", "Status"),
    "def:ValueListDef": ("OID",),
    "def:WhereClauseDef": ("OID",),
    "RangeCheck": ("Comparator", "SoftHard", "def:ItemOID"),
    "ItemGroupDef": ("OID", "Name", "Repeating", "SASDatasetName", "Purpose", "def:Structure"),
    "ItemRef": ("ItemOID", "Mandatory"),
    "def:WhereClauseRef": ("WhereClauseOID",),
    "def:Class": ("Name",),
    "def:leaf": ("ID", "xlink:href"),
    "ItemDef": ("OID", "Name", "DataType"),
    "CodeListRef": ("CodeListOID",),
    "def:ValueListRef": ("ValueListOID",),
    "def:Origin": ("Type",),
    "def:DocumentRef": ("leafID",),
    "def:PDFPageRef": ("Type",),
    "CodeList": ("OID", "Name", "DataType"),
    "CodeListItem": ("CodedValue",),
    "EnumeratedItem": ("CodedValue",),
    "ExternalCodeList": ("Dictionary", "Version"),
    "MethodDef": ("OID", "Name", "Type"),
    "def:CommentDef": ("OID",),
    "Alias": ("Context", "Name"),
}
"""Attributes an element must have."""

DEFINITIONS: dict[str, str] = {
    "def:Standard": "OID",
    "def:ValueListDef": "OID",
    "def:WhereClauseDef": "OID",
    "ItemGroupDef": "OID",
    "ItemDef": "OID",
    "CodeList": "OID",
    "MethodDef": "OID",
    "def:CommentDef": "OID",
    "def:leaf": "ID",
}
"""Elements that others refer to, and the attribute that identifies them."""

REFERENCES: dict[str, str] = {
    "ItemOID": "ItemDef",
    "def:ItemOID": "ItemDef",
    "MethodOID": "MethodDef",
    "CodeListOID": "CodeList",
    "RoleCodeListOID": "CodeList",
    "ValueListOID": "def:ValueListDef",
    "WhereClauseOID": "def:WhereClauseDef",
    "def:CommentOID": "def:CommentDef",
    "def:StandardOID": "def:Standard",
    "def:ArchiveLocationID": "def:leaf",
    "leafID": "def:leaf",
}
"""Attributes that refer to a definition, and what they refer to."""
