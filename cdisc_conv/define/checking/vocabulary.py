"""The grammar that the checks go by: children in order, attributes, definitions and references.

It is that of Define-XML 2.1 with Analysis Results Metadata 1.0.
"""

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
        "arm:AnalysisResultDisplays",
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
    "arm:AnalysisResultDisplays": ("arm:ResultDisplay",),
    "arm:ResultDisplay": ("Description", "def:DocumentRef", "arm:AnalysisResult"),
    "arm:AnalysisResult": ("Description", "arm:AnalysisDatasets", "arm:Documentation", "arm:ProgrammingCode"),
    "arm:AnalysisDatasets": ("arm:AnalysisDataset",),
    "arm:AnalysisDataset": ("def:WhereClauseRef", "arm:AnalysisVariable"),
    "arm:AnalysisVariable": (),
    "arm:Documentation": ("Description", "def:DocumentRef"),
    "arm:ProgrammingCode": ("arm:Code", "def:DocumentRef"),
    "arm:Code": (),
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
    "arm:ResultDisplay": ("OID", "Name"),
    "arm:AnalysisResult": ("OID", "AnalysisReason", "AnalysisPurpose"),
    "arm:AnalysisDataset": ("ItemGroupOID",),
    "arm:AnalysisVariable": ("ItemOID",),
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
    "arm:ResultDisplay": "OID",
    "arm:AnalysisResult": "OID",
}
"""Elements that others refer to, and the attribute that identifies them."""

TOPMOST = ("ItemGroupDef", "arm:ResultDisplay", "arm:AnalysisResult")
"""Definitions that need nothing to refer to them."""

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
    "ItemGroupOID": "ItemGroupDef",
    "ParameterOID": "ItemDef",
}
"""Attributes that refer to a definition, and what they refer to."""
