"""Raw forms as ODM-XML, for the tests that read them back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from lxml import etree


def write_odm(frames: Mapping[str, pd.DataFrame], path: Path, keys: Mapping[str, str], version: str) -> None:
    """Forms as ODM-XML 1.3.2 or 2.0: `keys` are columns that are keys of ODM, the others items; no blank values."""
    space, attribute = ("v1.3", "Value") if version.startswith("1") else ("v2.0", "")
    root = etree.Element("ODM", xmlns=f"http://www.cdisc.org/ns/odm/{space}", ODMVersion=version, FileType="Snapshot")
    study = etree.SubElement(etree.SubElement(root, "Study", OID="S"), "MetaDataVersion", OID="M", Name="M")
    for name, frame in frames.items():
        if attribute:
            form = etree.SubElement(study, "FormDef", OID=name, Name=name, Repeating="No")
            etree.SubElement(form, "ItemGroupRef", ItemGroupOID=f"{name}.IG", Mandatory="No")
        else:
            form = etree.SubElement(study, "ItemGroupDef", OID=name, Name=name, Repeating="No", Type="Form")
            etree.SubElement(form, "ItemGroupRef", ItemGroupOID=f"{name}.IG", Mandatory="No")
        group = etree.SubElement(study, "ItemGroupDef", OID=f"{name}.IG", Name=name, Repeating="Yes", Type="Section")
        for column in (column for column in frame if column not in keys):
            etree.SubElement(group, "ItemRef", ItemOID=column, Mandatory="No")
    for column in dict.fromkeys(c for frame in frames.values() for c in frame if c not in keys):
        etree.SubElement(study, "ItemDef", OID=column, Name=column, DataType="text")
    clinical = etree.SubElement(root, "ClinicalData", StudyOID="S", MetaDataVersionOID="M")
    subjects: dict[str, etree._Element] = {}
    for name, frame in frames.items():
        for row in frame.to_dict("records"):
            key = {own: row[column] for column, own in keys.items()}
            subject = subjects.get(key["SubjectKey"])
            if subject is None:
                subject = etree.SubElement(clinical, "SubjectData", SubjectKey=key["SubjectKey"])
                subjects[key["SubjectKey"]] = subject
            event = etree.SubElement(subject, "StudyEventData", StudyEventOID=key["StudyEventOID"])
            event.set("StudyEventRepeatKey", key["StudyEventRepeatKey"])
            if attribute:
                form = etree.SubElement(event, "FormData", FormOID=name, FormRepeatKey=key["FormRepeatKey"])
            else:
                form = etree.SubElement(
                    event, "ItemGroupData", ItemGroupOID=name, ItemGroupRepeatKey=key["FormRepeatKey"]
                )
            group = etree.SubElement(form, "ItemGroupData", ItemGroupOID=f"{name}.IG")
            group.set("ItemGroupRepeatKey", key["ItemGroupRepeatKey"])
            for column, value in row.items():
                if column not in keys and value:
                    item = etree.SubElement(group, "ItemData", ItemOID=column)
                    if attribute:
                        item.set("Value", value)
                    else:
                        etree.SubElement(item, "Value").text = value
    etree.ElementTree(root).write(str(path), xml_declaration=True, encoding="UTF-8")
