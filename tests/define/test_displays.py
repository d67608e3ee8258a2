"""Analysis results metadata: writing it to define.xml."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from cdisc_conv.define import build_define, check_define, render_html
from cdisc_conv.define.building.displays import AnalysisDataset, AnalysisResult, Programming, ResultDisplay
from cdisc_conv.define.building.xml import find_forbidden


def test_written(adam_study, adsl, adtte, adrs, read_part):
    xml = build_define(adam_study, [adsl, adtte, adrs])

    assert (
        read_part(xml, "AR.T-14-2-1.MEDIAN")
        == """\
<arm:AnalysisResult OID="AR.T-14-2-1.MEDIAN" ParameterOID="IT.ADTTE.PARAMCD" AnalysisReason="SPECIFIED IN SAP" AnalysisPurpose="PRIMARY OUTCOME MEASURE">
  <Description>
    <TranslatedText xml:lang="en">Median progression-free survival with 95 % confidence interval</TranslatedText>
  </Description>
  <arm:AnalysisDatasets def:CommentOID="COM.AR.T-14-2-1.MEDIAN">
    <arm:AnalysisDataset ItemGroupOID="IG.ADTTE">
      <def:WhereClauseRef WhereClauseOID="WC.ADTTE.PARAMCD.EQ.PFS"/>
      <arm:AnalysisVariable ItemOID="IT.ADTTE.AVAL"/>
      <arm:AnalysisVariable ItemOID="IT.ADTTE.CNSR"/>
    </arm:AnalysisDataset>
    <arm:AnalysisDataset ItemGroupOID="IG.ADSL">
      <def:WhereClauseRef WhereClauseOID="WC.ADSL.FASFL.EQ.Y"/>
      <arm:AnalysisVariable ItemOID="IT.ADSL.FASFL"/>
    </arm:AnalysisDataset>
  </arm:AnalysisDatasets>
  <arm:Documentation>
    <Description>
      <TranslatedText xml:lang="en">Kaplan-Meier estimate; the interval is made with the log-log transformation.</TranslatedText>
    </Description>
    <def:DocumentRef leafID="LF.DOC.sap">
      <def:PDFPageRef PageRefs="24 25" Type="PhysicalRef"/>
    </def:DocumentRef>
  </arm:Documentation>
  <arm:ProgrammingCode Context="R 4.4.1">
    <arm:Code>survfit(Surv(AVAL, CNSR == 0) ~ 1, conf.type = 'log-log')</arm:Code>
  </arm:ProgrammingCode>
</arm:AnalysisResult>"""  # noqa: E501
    )


def test_the_where_clause_of_a_result_is_that_of_the_value_level(adam_study, adsl, adtte, adrs):
    xml = build_define(adam_study, [adsl, adtte, adrs]).decode()
    assert xml.count('<def:WhereClauseDef OID="WC.ADTTE.PARAMCD.EQ.PFS"') == 1
    assert xml.count('<def:WhereClauseRef WhereClauseOID="WC.ADTTE.PARAMCD.EQ.PFS"/>') == 2


def test_only_what_is_given(adam_study, adsl, arm_schema, read_part):
    """No documents, no documentation, no program, no condition, no parameter."""
    result = AnalysisResult("N", "Number", "DATA DRIVEN", "EXPLORATORY OUTCOME MEASURE", (AnalysisDataset("ADSL"),))
    study = replace(adam_study, documents=(), displays=(ResultDisplay("T1", "Table 1", "Subjects", (result,)),))

    xml = build_define(study, [adsl])

    arm_schema.assertValid(etree.fromstring(xml))
    assert check_define(xml) == []
    assert (
        read_part(xml, "RD.T1")
        == """\
<arm:ResultDisplay OID="RD.T1" Name="Table 1">
  <Description>
    <TranslatedText xml:lang="en">Subjects</TranslatedText>
  </Description>
  <arm:AnalysisResult OID="AR.T1.N" AnalysisReason="DATA DRIVEN" AnalysisPurpose="EXPLORATORY OUTCOME MEASURE">
    <Description>
      <TranslatedText xml:lang="en">Number</TranslatedText>
    </Description>
    <arm:AnalysisDatasets>
      <arm:AnalysisDataset ItemGroupOID="IG.ADSL"/>
    </arm:AnalysisDatasets>
  </arm:AnalysisResult>
</arm:ResultDisplay>"""
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(min_size=1, max_size=20).filter(lambda text: find_forbidden(text) is None))
def test_texts_of_displays_come_back(adam_study, adsl, arm_schema, text):
    """Law: whatever they are, the document is valid and says them again."""
    result = AnalysisResult(
        text, text, text, text, (AnalysisDataset("ADSL"),), text, text, programming=Programming(text, text)
    )
    study = replace(adam_study, documents=(), displays=(ResultDisplay(text, text, text, (result,)),))

    xml = build_define(study, [adsl])

    root = etree.fromstring(xml)
    arm_schema.assertValid(root)
    assert check_define(xml) == []
    display = root.find(".//{*}ResultDisplay")
    assert display.get("Name") == text
    assert display.findtext("{*}Description/{*}TranslatedText") == text
    assert display.findtext(".//{*}Code") == text
    assert render_html(xml).startswith(b"<!DOCTYPE html")
