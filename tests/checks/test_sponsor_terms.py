"""The sponsor's own terms, as define.xml marks them."""

from __future__ import annotations

from cdisc_conv.checks.define.statements import read_extended
from cdisc_conv.define.reading.document import DefineDocument

DEFINE = """<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" xmlns:def="http://www.cdisc.org/ns/def/v2.1"
 FileType="Snapshot" FileOID="F" ODMVersion="1.3.2"><Study OID="S"><GlobalVariables><StudyName>S</StudyName>
 </GlobalVariables><MetaDataVersion OID="M" Name="M" def:DefineVersion="2.1.0">
 <CodeList OID="CL.A" Name="Tests" DataType="text"><EnumeratedItem CodedValue="MINE" def:ExtendedValue="Yes"/>
 <EnumeratedItem CodedValue="OVRLRESP"/><Alias Context="nci:ExtCodeID" Name="C96782; C101815"/></CodeList>
 <CodeList OID="CL.B" Name="Tests" DataType="text"><EnumeratedItem CodedValue="OTHER" def:ExtendedValue="Yes"/>
 <Alias Context="nci:ExtCodeID" Name="C96782"/></CodeList>
 <CodeList OID="CL.C" Name="Own" DataType="text"><EnumeratedItem CodedValue="X" def:ExtendedValue="Yes"/></CodeList>
 </MetaDataVersion></Study></ODM>"""


def test_terms_of_a_joint_list_belong_to_each_of_its_codelists() -> None:
    assert read_extended([DefineDocument(DEFINE.encode())]) == {"C96782": ("MINE", "OTHER"), "C101815": ("MINE",)}
