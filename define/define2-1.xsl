<?xml version="1.0" encoding="UTF-8"?>
<!-- Shows a Define-XML 2.1 document, with its analysis results metadata, as one web page. XSLT 1.0 without extensions: it runs in a browser that still
     does XSLT and in cdisc-conv, which writes the page as define.html. Part of cdisc-conv, Apache-2.0. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
  xmlns:odm="http://www.cdisc.org/ns/odm/v1.3" xmlns:def="http://www.cdisc.org/ns/def/v2.1"
  xmlns:arm="http://www.cdisc.org/ns/arm/v1.0" xmlns:xlink="http://www.w3.org/1999/xlink"
  exclude-result-prefixes="odm def arm xlink">

  <xsl:output method="html" encoding="UTF-8" indent="no" doctype-system="about:legacy-compat"/>

  <xsl:key name="item" match="odm:ItemDef" use="@OID"/>
  <xsl:key name="reference" match="odm:ItemRef" use="@ItemOID"/>
  <xsl:key name="codelist" match="odm:CodeList" use="@OID"/>
  <xsl:key name="codelist-items" match="odm:ItemDef" use="odm:CodeListRef/@CodeListOID"/>
  <xsl:key name="method" match="odm:MethodDef" use="@OID"/>
  <xsl:key name="method-references" match="odm:ItemRef" use="@MethodOID"/>
  <xsl:key name="comment" match="def:CommentDef" use="@OID"/>
  <xsl:key name="commented" match="*[@def:CommentOID]" use="@def:CommentOID"/>
  <xsl:key name="value-list" match="def:ValueListDef" use="@OID"/>
  <xsl:key name="value-list-owner" match="odm:ItemDef" use="def:ValueListRef/@ValueListOID"/>
  <xsl:key name="clause" match="def:WhereClauseDef" use="@OID"/>
  <xsl:key name="standard" match="def:Standard" use="@OID"/>
  <xsl:key name="leaf" match="def:leaf" use="@ID"/>
  <xsl:key name="dataset" match="odm:ItemGroupDef" use="@OID"/>
  <xsl:key name="class" match="odm:ItemGroupDef" use="def:Class/@Name"/>

  <xsl:variable name="study" select="/odm:ODM/odm:Study/odm:GlobalVariables"/>
  <xsl:variable name="version" select="/odm:ODM/odm:Study/odm:MetaDataVersion"/>

  <!-- The page -->

  <xsl:template match="/">
    <html lang="en">
      <head>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"/>
        <title><xsl:value-of select="$study/odm:StudyName"/> – data definitions</title>
        <xsl:call-template name="style"/>
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <input type="checkbox" id="menu" aria-label="Show the contents"/>
        <label class="menu" for="menu">Contents</label>
        <xsl:call-template name="navigation"/>
        <main id="content">
          <xsl:call-template name="study"/>
          <xsl:call-template name="results"/>
          <xsl:call-template name="datasets"/>
          <xsl:apply-templates select="$version/odm:ItemGroupDef"/>
          <xsl:call-template name="codelists"/>
          <xsl:call-template name="methods"/>
          <xsl:call-template name="comments"/>
        </main>
        <xsl:call-template name="script"/>
      </body>
    </html>
  </xsl:template>

  <xsl:template name="navigation">
    <nav aria-label="Contents">
      <p class="title"><a href="#study"><xsl:value-of select="$study/odm:StudyName"/></a></p>
      <p id="filter-place"></p>
      <xsl:if test="$version/arm:AnalysisResultDisplays">
        <details open="open">
          <summary><a href="#results">Analysis results</a></summary>
          <ul>
            <xsl:for-each select="$version/arm:AnalysisResultDisplays/arm:ResultDisplay">
              <li><a href="#{@OID}"><b><xsl:value-of select="@Name"/></b><xsl:text> </xsl:text>
                <xsl:value-of select="odm:Description/odm:TranslatedText"/></a></li>
            </xsl:for-each>
          </ul>
        </details>
      </xsl:if>
      <details open="open">
        <summary><a href="#datasets">Datasets</a></summary>
        <ul>
          <xsl:for-each select="$version/odm:ItemGroupDef">
            <li><a href="#{@OID}"><b><xsl:value-of select="@Name"/></b><xsl:text> </xsl:text>
              <xsl:value-of select="odm:Description/odm:TranslatedText"/></a></li>
          </xsl:for-each>
        </ul>
      </details>
      <xsl:if test="$version/def:ValueListDef">
        <details>
          <summary>Value level</summary>
          <ul>
            <xsl:for-each select="$version/odm:ItemGroupDef/odm:ItemRef[key('item', @ItemOID)/def:ValueListRef]">
              <li><a href="#{key('item', @ItemOID)/def:ValueListRef/@ValueListOID}">
                <b><xsl:value-of select="../@Name"/></b><xsl:text> </xsl:text>
                <xsl:value-of select="key('item', @ItemOID)/@Name"/></a></li>
            </xsl:for-each>
          </ul>
        </details>
      </xsl:if>
      <xsl:if test="$version/odm:CodeList">
        <details>
          <summary><a href="#codelists">Codelists</a></summary>
          <ul>
            <xsl:for-each select="$version/odm:CodeList">
              <li><a href="#{@OID}"><xsl:value-of select="@Name"/></a></li>
            </xsl:for-each>
          </ul>
        </details>
      </xsl:if>
      <xsl:if test="$version/odm:MethodDef">
        <details>
          <summary><a href="#methods">Methods</a></summary>
          <ul>
            <xsl:for-each select="$version/odm:MethodDef">
              <li><a href="#{@OID}"><xsl:value-of select="@Name"/></a></li>
            </xsl:for-each>
          </ul>
        </details>
      </xsl:if>
      <xsl:if test="$version/def:CommentDef">
        <p class="plain"><a href="#comments">Comments</a></p>
      </xsl:if>
    </nav>
  </xsl:template>

  <xsl:template name="study">
    <section id="study">
      <h1><xsl:value-of select="$study/odm:StudyName"/></h1>
      <p class="lead"><xsl:value-of select="$study/odm:StudyDescription"/></p>
      <dl class="facts">
        <div><dt>Protocol</dt><dd><xsl:value-of select="$study/odm:ProtocolName"/></dd></div>
        <div><dt>Metadata</dt><dd><xsl:value-of select="$version/@Name"/></dd></div>
        <xsl:if test="$version/@Description">
          <div><dt>Description</dt><dd><xsl:value-of select="$version/@Description"/></dd></div>
        </xsl:if>
        <div><dt>Created</dt><dd>
          <xsl:value-of select="translate(/odm:ODM/@CreationDateTime, 'T', ' ')"/>
          <xsl:if test="/odm:ODM/@Originator"> by <xsl:value-of select="/odm:ODM/@Originator"/></xsl:if>
        </dd></div>
        <div><dt>Define-XML</dt><dd><xsl:value-of select="$version/@def:DefineVersion"/>,
          context <xsl:value-of select="/odm:ODM/@def:Context"/></dd></div>
        <div><dt>Standards</dt><dd>
          <xsl:for-each select="$version/def:Standards/def:Standard">
            <xsl:if test="position() &gt; 1"><br/></xsl:if>
            <span id="{@OID}"><xsl:apply-templates select="." mode="name"/></span>
            <xsl:if test="@Status != 'Final'"> (<xsl:value-of select="@Status"/>)</xsl:if>
            <xsl:apply-templates select="key('comment', @def:CommentOID)" mode="inline"/>
          </xsl:for-each>
        </dd></div>
        <xsl:if test="$version/def:leaf">
          <div><dt>Documents</dt><dd>
            <xsl:for-each select="$version/def:leaf">
              <xsl:if test="position() &gt; 1"><br/></xsl:if>
              <xsl:apply-templates select="." mode="link"/>
            </xsl:for-each>
          </dd></div>
        </xsl:if>
      </dl>
      <xsl:apply-templates select="key('comment', $version/@def:CommentOID)" mode="inline"/>
    </section>
  </xsl:template>

  <!-- Analysis results -->

  <xsl:template name="results">
    <xsl:if test="$version/arm:AnalysisResultDisplays">
      <section id="results">
        <h2>Analysis results</h2>
        <xsl:apply-templates select="$version/arm:AnalysisResultDisplays/arm:ResultDisplay"/>
      </section>
    </xsl:if>
  </xsl:template>

  <xsl:template match="arm:ResultDisplay">
    <article class="display" id="{@OID}">
      <h3><xsl:value-of select="@Name"/><xsl:text> </xsl:text>
        <span class="label"><xsl:value-of select="odm:Description/odm:TranslatedText"/></span></h3>
      <xsl:apply-templates select="def:DocumentRef"/>
      <table class="results">
        <thead><tr><th scope="col">Result</th><th scope="col">Records</th><th scope="col">Variables</th>
          <th scope="col">Documentation, programming</th></tr></thead>
        <tbody><xsl:apply-templates select="arm:AnalysisResult"/></tbody>
      </table>
    </article>
  </xsl:template>

  <xsl:template match="arm:AnalysisResult">
    <tr id="{@OID}">
      <th scope="row"><xsl:value-of select="odm:Description/odm:TranslatedText"/>
        <span class="note"><xsl:value-of select="@AnalysisPurpose"/></span>
        <span class="note"><xsl:value-of select="@AnalysisReason"/></span>
      </th>
      <td data-label="Records">
        <xsl:for-each select="arm:AnalysisDatasets/arm:AnalysisDataset">
          <xsl:variable name="name" select="key('dataset', @ItemGroupOID)/@Name"/>
          <span class="line"><a href="#{@ItemGroupOID}"><xsl:value-of select="$name"/></a>
            <xsl:for-each select="def:WhereClauseRef">
              <xsl:choose><xsl:when test="position() = 1"> where </xsl:when><xsl:otherwise> or </xsl:otherwise></xsl:choose>
              <xsl:apply-templates select="key('clause', @WhereClauseOID)">
                <xsl:with-param name="dataset" select="$name"/>
              </xsl:apply-templates>
            </xsl:for-each>
          </span>
        </xsl:for-each>
        <xsl:apply-templates select="key('comment', arm:AnalysisDatasets/@def:CommentOID)" mode="inline"/>
      </td>
      <td data-label="Variables">
        <xsl:for-each select="arm:AnalysisDatasets/arm:AnalysisDataset/arm:AnalysisVariable">
          <span class="line"><xsl:apply-templates select="." mode="place"/>
            <span class="note"><xsl:value-of select="key('item', @ItemOID)/odm:Description/odm:TranslatedText"/></span></span>
        </xsl:for-each>
        <xsl:for-each select="@ParameterOID">
          <span class="note">parameter: <xsl:apply-templates select="key('reference', .)" mode="place"/></span>
        </xsl:for-each>
      </td>
      <td data-label="Programming">
        <xsl:if test="arm:Documentation">
          <div class="text"><xsl:value-of select="arm:Documentation/odm:Description/odm:TranslatedText"/><xsl:apply-templates
            select="arm:Documentation/def:DocumentRef"/></div>
        </xsl:if>
        <xsl:for-each select="arm:ProgrammingCode">
          <div class="text"><span class="kind">Program</span><xsl:text> </xsl:text><xsl:value-of select="@Context"/><xsl:apply-templates
            select="def:DocumentRef"/></div>
          <xsl:if test="arm:Code"><pre><xsl:value-of select="arm:Code"/></pre></xsl:if>
        </xsl:for-each>
      </td>
    </tr>
  </xsl:template>

  <!-- Datasets -->

  <xsl:template name="datasets">
    <section id="datasets">
      <h2>Datasets</h2>
      <table>
        <thead><tr><th scope="col">Dataset</th><th scope="col">Description</th><th scope="col">Class</th>
          <th scope="col">Structure</th><th scope="col">Keys</th><th scope="col">File</th></tr></thead>
        <tbody>
          <xsl:for-each select="$version/odm:ItemGroupDef">
            <tr>
              <th scope="row"><a href="#{@OID}"><xsl:value-of select="@Name"/></a></th>
              <td data-label="Description"><xsl:value-of select="odm:Description/odm:TranslatedText"/>
                <xsl:apply-templates select="key('comment', @def:CommentOID)" mode="inline"/></td>
              <td data-label="Class"><xsl:apply-templates select="def:Class"/></td>
              <td data-label="Structure"><xsl:value-of select="@def:Structure"/></td>
              <td data-label="Keys"><xsl:call-template name="keys"/></td>
              <td data-label="File"><xsl:call-template name="file"/></td>
            </tr>
          </xsl:for-each>
        </tbody>
      </table>
    </section>
  </xsl:template>

  <xsl:template match="odm:ItemGroupDef">
    <section class="dataset" id="{@OID}">
      <h2><xsl:value-of select="@Name"/><xsl:text> </xsl:text>
        <span class="label"><xsl:value-of select="odm:Description/odm:TranslatedText"/></span></h2>
      <p class="meta">
        <xsl:apply-templates select="def:Class"/>
        <xsl:text> · </xsl:text><xsl:value-of select="@def:Structure"/>
        <xsl:text> · </xsl:text><xsl:value-of select="@Purpose"/>
        <xsl:if test="@IsReferenceData = 'Yes'"> · reference data</xsl:if>
        <xsl:text> · </xsl:text>
        <xsl:choose>
          <xsl:when test="@def:StandardOID">
            <xsl:apply-templates select="key('standard', @def:StandardOID)" mode="name"/>
          </xsl:when>
          <xsl:otherwise>not of a standard</xsl:otherwise>
        </xsl:choose>
        <xsl:if test="@Domain and @Domain != @Name"> · domain <xsl:value-of select="@Domain"/>
          <xsl:if test="odm:Alias[@Context = 'DomainDescription']"> (<xsl:value-of
            select="odm:Alias[@Context = 'DomainDescription']/@Name"/>)</xsl:if>
        </xsl:if>
        <xsl:text> · </xsl:text><xsl:call-template name="file"/>
      </p>
      <p class="meta">Keys: <xsl:call-template name="keys"/></p>
      <xsl:apply-templates select="key('comment', @def:CommentOID)" mode="inline"/>
      <table class="variables">
        <thead><tr><th scope="col">Variable</th><th scope="col">Label</th><th scope="col">Type</th>
          <th scope="col">Terms</th><th scope="col">Origin</th><th scope="col">Method, comment</th></tr></thead>
        <tbody>
          <xsl:apply-templates select="odm:ItemRef" mode="variable">
            <xsl:sort select="@OrderNumber" data-type="number"/>
          </xsl:apply-templates>
        </tbody>
      </table>
      <xsl:for-each select="odm:ItemRef[key('item', @ItemOID)/def:ValueListRef]">
        <xsl:sort select="@OrderNumber" data-type="number"/>
        <xsl:call-template name="value-level"/>
      </xsl:for-each>
    </section>
  </xsl:template>

  <xsl:template match="odm:ItemRef" mode="variable">
    <xsl:variable name="item" select="key('item', @ItemOID)"/>
    <tr id="{../@Name}.{$item/@Name}">
      <th scope="row">
        <xsl:value-of select="$item/@Name"/>
        <xsl:if test="@KeySequence"><span class="badge key" title="Place in the key">key <xsl:value-of
          select="@KeySequence"/></span></xsl:if>
      </th>
      <td data-label="Label">
        <xsl:value-of select="$item/odm:Description/odm:TranslatedText"/>
        <span class="note">
          <xsl:value-of select="@Role"/>
          <xsl:if test="@Role and @Mandatory = 'Yes'">, </xsl:if>
          <xsl:if test="@Mandatory = 'Yes'">mandatory</xsl:if>
          <xsl:if test="@def:IsNonStandard = 'Yes'"><span class="badge own">not in the standard</span></xsl:if>
        </span>
      </td>
      <xsl:call-template name="item-cells"><xsl:with-param name="item" select="$item"/></xsl:call-template>
    </tr>
  </xsl:template>

  <xsl:template name="value-level">
    <xsl:variable name="item" select="key('item', @ItemOID)"/>
    <xsl:variable name="list" select="key('value-list', $item/def:ValueListRef/@ValueListOID)"/>
    <h3 id="{$list/@OID}">Values of <a href="#{../@Name}.{$item/@Name}"><xsl:value-of
      select="concat(../@Name, '.', $item/@Name)"/></a><xsl:text> </xsl:text>
      <span class="label">value level</span></h3>
    <xsl:if test="$list/odm:Description"><p><xsl:value-of select="$list/odm:Description/odm:TranslatedText"/></p></xsl:if>
    <table class="values">
      <thead><tr><th scope="col">Where</th><th scope="col">Label</th><th scope="col">Type</th>
        <th scope="col">Terms</th><th scope="col">Origin</th><th scope="col">Method, comment</th></tr></thead>
      <tbody>
        <xsl:variable name="dataset" select="../@Name"/>
        <xsl:for-each select="$list/odm:ItemRef">
          <tr id="{../@OID}.{position()}">
            <th scope="row">
              <xsl:for-each select="def:WhereClauseRef">
                <xsl:if test="position() &gt; 1"><span class="or"> or </span></xsl:if>
                <xsl:apply-templates select="key('clause', @WhereClauseOID)">
                  <xsl:with-param name="dataset" select="$dataset"/>
                </xsl:apply-templates>
              </xsl:for-each>
            </th>
            <td data-label="Label">
              <xsl:value-of select="key('item', @ItemOID)/odm:Description/odm:TranslatedText"/>
              <xsl:if test="@Mandatory = 'Yes'"><span class="note">mandatory</span></xsl:if>
            </td>
            <xsl:call-template name="item-cells">
              <xsl:with-param name="item" select="key('item', @ItemOID)"/>
            </xsl:call-template>
          </tr>
        </xsl:for-each>
      </tbody>
    </table>
  </xsl:template>

  <!-- The cells that a variable and a value have in common; the context is the ItemRef. -->
  <xsl:template name="item-cells">
    <xsl:param name="item"/>
    <td data-label="Type">
      <xsl:value-of select="$item/@DataType"/>
      <xsl:if test="$item/@Length"><xsl:text> </xsl:text><span class="number"><xsl:value-of select="$item/@Length"/>
        <xsl:if test="$item/@SignificantDigits">.<xsl:value-of select="$item/@SignificantDigits"/></xsl:if></span></xsl:if>
      <xsl:if test="$item/@def:DisplayFormat"><span class="note">shown as <xsl:value-of
        select="$item/@def:DisplayFormat"/></span></xsl:if>
    </td>
    <td data-label="Terms">
      <xsl:apply-templates select="key('codelist', $item/odm:CodeListRef/@CodeListOID)" mode="short"/>
      <xsl:if test="$item/def:ValueListRef">
        <span class="line"><a href="#{$item/def:ValueListRef/@ValueListOID}">value level</a></span>
      </xsl:if>
    </td>
    <td data-label="Origin">
      <xsl:apply-templates select="$item/def:Origin"/>
    </td>
    <td data-label="Method">
      <xsl:if test="@def:HasNoData = 'Yes'"><span class="badge own">no data</span></xsl:if>
      <xsl:if test="@MethodOID">
        <div class="text"><a class="kind" href="#{@MethodOID}">
          <xsl:choose>
            <xsl:when test="key('method', @MethodOID)/@Type = 'Imputation'">Imputation</xsl:when>
            <xsl:otherwise>Method</xsl:otherwise>
          </xsl:choose></a><xsl:text> </xsl:text>
          <xsl:value-of select="key('method', @MethodOID)/odm:Description/odm:TranslatedText"/>
          <xsl:apply-templates select="key('method', @MethodOID)/def:DocumentRef"/></div>
      </xsl:if>
      <xsl:apply-templates select="key('comment', $item/@def:CommentOID)" mode="inline"/>
    </td>
  </xsl:template>

  <xsl:template match="def:Origin">
    <span class="line">
      <xsl:value-of select="@Type"/>
      <xsl:if test="@Source"><span class="note"><xsl:value-of select="@Source"/></span></xsl:if>
      <xsl:if test="odm:Description"><span class="note"><xsl:value-of
        select="odm:Description/odm:TranslatedText"/></span></xsl:if>
      <xsl:apply-templates select="def:DocumentRef"/>
    </span>
  </xsl:template>

  <!-- Where-clauses in words -->

  <xsl:template match="def:WhereClauseDef">
    <xsl:param name="dataset"/>
    <span class="clause">
      <xsl:for-each select="odm:RangeCheck">
        <xsl:variable name="item" select="key('item', @def:ItemOID)"/>
        <xsl:variable name="home" select="key('reference', @def:ItemOID)/parent::odm:ItemGroupDef"/>
        <xsl:if test="position() &gt; 1"> and </xsl:if>
        <span class="condition">
          <b><xsl:if test="$home and not($home[@Name = $dataset])"><xsl:value-of
            select="concat($home/@Name, '.')"/></xsl:if><xsl:value-of select="$item/@Name"/></b>
          <xsl:text> </xsl:text>
          <xsl:call-template name="comparison"/>
          <xsl:text> </xsl:text>
          <xsl:for-each select="odm:CheckValue">
            <xsl:if test="position() &gt; 1">, </xsl:if>
            <span class="value">“<xsl:value-of select="."/>”</span>
            <xsl:variable name="value" select="string(.)"/>
            <xsl:variable name="term"
              select="key('codelist', $item/odm:CodeListRef/@CodeListOID)/odm:CodeListItem[@CodedValue = $value]"/>
            <xsl:if test="$term and $term/odm:Decode/odm:TranslatedText != $value and count(../odm:CheckValue) &lt; 4">
              <span class="decode"> (<xsl:value-of select="$term/odm:Decode/odm:TranslatedText"/>)</span>
            </xsl:if>
          </xsl:for-each>
        </span>
      </xsl:for-each>
      <xsl:apply-templates select="key('comment', @def:CommentOID)" mode="inline"/>
    </span>
  </xsl:template>

  <xsl:template name="comparison">
    <xsl:choose>
      <xsl:when test="@Comparator = 'EQ'">is</xsl:when>
      <xsl:when test="@Comparator = 'NE'">is not</xsl:when>
      <xsl:when test="@Comparator = 'IN'">is one of</xsl:when>
      <xsl:when test="@Comparator = 'NOTIN'">is none of</xsl:when>
      <xsl:when test="@Comparator = 'LT'">is less than</xsl:when>
      <xsl:when test="@Comparator = 'LE'">is at most</xsl:when>
      <xsl:when test="@Comparator = 'GT'">is greater than</xsl:when>
      <xsl:when test="@Comparator = 'GE'">is at least</xsl:when>
    </xsl:choose>
  </xsl:template>

  <!-- Codelists -->

  <xsl:template name="codelists">
    <xsl:if test="$version/odm:CodeList">
      <section id="codelists">
        <h2>Codelists</h2>
        <div class="columns">
          <xsl:apply-templates select="$version/odm:CodeList"/>
        </div>
      </section>
    </xsl:if>
  </xsl:template>

  <xsl:template match="odm:CodeList">
    <article class="codelist" id="{@OID}">
      <h3><xsl:value-of select="@Name"/></h3>
      <p class="meta">
        <xsl:choose>
          <xsl:when test="odm:ExternalCodeList">external dictionary <b><xsl:value-of
            select="odm:ExternalCodeList/@Dictionary"/></b>, version <xsl:value-of
            select="odm:ExternalCodeList/@Version"/></xsl:when>
          <xsl:when test="@def:StandardOID">
            <span class="code"><xsl:value-of select="odm:Alias[@Context = 'nci:ExtCodeID']/@Name"/></span>
            <xsl:text> · </xsl:text>
            <xsl:apply-templates select="key('standard', @def:StandardOID)" mode="name"/>
          </xsl:when>
          <xsl:otherwise>list of the sponsor</xsl:otherwise>
        </xsl:choose>
        <xsl:if test="@DataType != 'text'"> · <xsl:value-of select="@DataType"/></xsl:if>
      </p>
      <xsl:apply-templates select="key('comment', @def:CommentOID)" mode="inline"/>
      <xsl:if test="odm:CodeListItem or odm:EnumeratedItem">
        <table class="terms">
          <thead><tr><th scope="col">Term</th><xsl:if test="odm:CodeListItem"><th scope="col">Decode</th></xsl:if>
            <th scope="col">NCI code</th></tr></thead>
          <tbody>
            <xsl:for-each select="odm:CodeListItem | odm:EnumeratedItem">
              <tr>
                <th scope="row"><xsl:value-of select="@CodedValue"/>
                  <xsl:if test="@def:ExtendedValue = 'Yes'"><span class="badge own">extended</span></xsl:if></th>
                <xsl:if test="odm:Decode">
                  <td data-label="Decode"><xsl:value-of select="odm:Decode/odm:TranslatedText"/></td>
                </xsl:if>
                <td data-label="NCI code"><span class="code"><xsl:value-of
                  select="odm:Alias[@Context = 'nci:ExtCodeID']/@Name"/></span></td>
              </tr>
            </xsl:for-each>
          </tbody>
        </table>
      </xsl:if>
      <p class="used">Used by
        <xsl:for-each select="key('reference', key('codelist-items', @OID)/@OID)">
          <xsl:if test="position() &gt; 1">, </xsl:if>
          <xsl:apply-templates select="." mode="place"/>
        </xsl:for-each>
      </p>
    </article>
  </xsl:template>

  <xsl:template match="odm:CodeList" mode="short">
    <xsl:variable name="terms" select="odm:CodeListItem | odm:EnumeratedItem"/>
    <a href="#{@OID}"><xsl:value-of select="@Name"/></a>
    <xsl:choose>
      <xsl:when test="odm:ExternalCodeList"><span class="note">version <xsl:value-of
        select="odm:ExternalCodeList/@Version"/></span></xsl:when>
      <xsl:when test="count($terms) &lt; 6">
        <span class="note">
          <xsl:for-each select="$terms">
            <xsl:if test="position() &gt; 1">, </xsl:if><xsl:value-of select="@CodedValue"/>
          </xsl:for-each>
        </span>
      </xsl:when>
      <xsl:otherwise><span class="note"><xsl:value-of select="count($terms)"/> terms</span></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- Methods and comments -->

  <xsl:template name="methods">
    <xsl:if test="$version/odm:MethodDef">
      <section id="methods">
        <h2>Methods</h2>
        <table class="texts">
          <thead><tr><th scope="col">Type</th><th scope="col">Description</th><th scope="col">Used by</th></tr></thead>
          <tbody>
            <xsl:for-each select="$version/odm:MethodDef">
              <tr id="{@OID}">
                <th scope="row"><xsl:value-of select="@Type"/></th>
                <td data-label="Description" class="text"><xsl:value-of
                  select="odm:Description/odm:TranslatedText"/><xsl:apply-templates select="def:DocumentRef"/></td>
                <td data-label="Used by">
                  <xsl:for-each select="key('method-references', @OID)">
                    <xsl:if test="position() &gt; 1">, </xsl:if>
                    <xsl:apply-templates select="." mode="place"/>
                  </xsl:for-each>
                </td>
              </tr>
            </xsl:for-each>
          </tbody>
        </table>
      </section>
    </xsl:if>
  </xsl:template>

  <xsl:template name="comments">
    <xsl:if test="$version/def:CommentDef">
      <section id="comments">
        <h2>Comments</h2>
        <table class="texts">
          <thead><tr><th scope="col">Of</th><th scope="col">Comment</th></tr></thead>
          <tbody>
            <xsl:for-each select="$version/def:CommentDef">
              <tr id="{@OID}">
                <th scope="row">
                  <xsl:for-each select="key('commented', @OID)">
                    <xsl:if test="position() &gt; 1">, </xsl:if>
                    <xsl:apply-templates select="." mode="commented"/>
                  </xsl:for-each>
                </th>
                <td data-label="Comment" class="text"><xsl:value-of
                  select="odm:Description/odm:TranslatedText"/><xsl:apply-templates select="def:DocumentRef"/></td>
              </tr>
            </xsl:for-each>
          </tbody>
        </table>
      </section>
    </xsl:if>
  </xsl:template>

  <xsl:template match="def:CommentDef" mode="inline">
    <div class="text"><a class="kind" href="#{@OID}">Comment</a><xsl:text> </xsl:text>
      <xsl:value-of select="odm:Description/odm:TranslatedText"/><xsl:apply-templates select="def:DocumentRef"/></div>
  </xsl:template>

  <xsl:template match="*" mode="commented"><xsl:value-of select="@Name"/></xsl:template>
  <xsl:template match="odm:MetaDataVersion" mode="commented"><a href="#study">the study</a></xsl:template>
  <xsl:template match="def:WhereClauseDef" mode="commented">a where-clause</xsl:template>
  <xsl:template match="def:Standard" mode="commented">
    <a href="#study"><xsl:apply-templates select="." mode="name"/></a>
  </xsl:template>
  <xsl:template match="arm:AnalysisDatasets" mode="commented">
    <a href="#{../@OID}"><xsl:value-of select="../../@Name"/></a>: <xsl:value-of
      select="../odm:Description/odm:TranslatedText"/>
  </xsl:template>
  <xsl:template match="odm:ItemGroupDef | odm:CodeList" mode="commented">
    <a href="#{@OID}"><xsl:value-of select="@Name"/></a>
  </xsl:template>
  <xsl:template match="odm:ItemDef" mode="commented">
    <xsl:for-each select="key('reference', @OID)">
      <xsl:if test="position() &gt; 1">, </xsl:if>
      <xsl:apply-templates select="." mode="place"/>
    </xsl:for-each>
  </xsl:template>

  <!-- The variable, or the value, that a reference stands for -->
  <xsl:template match="odm:ItemGroupDef/odm:ItemRef" mode="place">
    <xsl:variable name="name" select="concat(../@Name, '.', key('item', @ItemOID)/@Name)"/>
    <a href="#{$name}"><xsl:value-of select="$name"/></a>
  </xsl:template>
  <xsl:template match="def:ValueListDef/odm:ItemRef" mode="place">
    <xsl:variable name="owner" select="key('value-list-owner', ../@OID)"/>
    <a href="#{../@OID}.{count(preceding-sibling::odm:ItemRef) + 1}"><xsl:value-of
      select="concat(key('reference', $owner/@OID)/../@Name, '.', $owner/@Name)"/> (<xsl:value-of
      select="key('item', @ItemOID)/@Name"/>)</a>
  </xsl:template>

  <xsl:template match="arm:AnalysisVariable" mode="place">
    <xsl:variable name="name"
      select="concat(key('dataset', ../@ItemGroupOID)/@Name, '.', key('item', @ItemOID)/@Name)"/>
    <a href="#{$name}"><xsl:value-of select="$name"/></a>
  </xsl:template>

  <!-- Small parts -->

  <xsl:template match="def:Class">
    <xsl:value-of select="@Name"/>
    <xsl:for-each select="def:SubClass"> – <xsl:value-of select="@Name"/></xsl:for-each>
  </xsl:template>

  <xsl:template match="def:Standard" mode="name">
    <xsl:value-of select="@Name"/>
    <xsl:if test="@PublishingSet"><xsl:text> </xsl:text><xsl:value-of select="@PublishingSet"/></xsl:if>
    <xsl:text> </xsl:text><xsl:value-of select="@Version"/>
  </xsl:template>

  <xsl:template name="keys">
    <xsl:for-each select="odm:ItemRef[@KeySequence]">
      <xsl:sort select="@KeySequence" data-type="number"/>
      <xsl:if test="position() &gt; 1">, </xsl:if>
      <xsl:value-of select="key('item', @ItemOID)/@Name"/>
    </xsl:for-each>
  </xsl:template>

  <xsl:template name="file">
    <xsl:choose>
      <xsl:when test="@def:HasNoData = 'Yes'"><span class="badge own">no data</span></xsl:when>
      <xsl:otherwise><xsl:apply-templates select="def:leaf" mode="link"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- A file beside this one is a link; anything with a scheme or a host is shown as text. -->
  <xsl:template match="def:leaf" mode="link">
    <xsl:param name="part"/>
    <xsl:param name="text" select="string(def:title)"/>
    <xsl:choose>
      <xsl:when test="contains(@xlink:href, ':') or starts-with(@xlink:href, '/') or contains(@xlink:href, '\')">
        <xsl:value-of select="$text"/>
      </xsl:when>
      <xsl:otherwise><a href="{@xlink:href}{$part}"><xsl:value-of select="$text"/></a></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="def:DocumentRef">
    <xsl:variable name="leaf" select="key('leaf', @leafID)"/>
    <span class="note">
      <xsl:choose>
        <xsl:when test="def:PDFPageRef[@PageRefs]">
          <xsl:choose>
            <xsl:when test="ancestor::odm:MetaDataVersion/def:AnnotatedCRF/def:DocumentRef/@leafID = @leafID">CRF page </xsl:when>
            <xsl:otherwise><xsl:apply-templates select="$leaf" mode="link"/>, page </xsl:otherwise>
          </xsl:choose>
          <xsl:for-each select="def:PDFPageRef">
            <xsl:if test="position() &gt; 1">, </xsl:if>
            <xsl:call-template name="pages">
              <xsl:with-param name="rest" select="normalize-space(@PageRefs)"/>
              <xsl:with-param name="leaf" select="$leaf"/>
              <xsl:with-param name="prefix"><xsl:choose>
                <xsl:when test="@Type = 'PhysicalRef'">#page=</xsl:when><xsl:otherwise>#</xsl:otherwise>
              </xsl:choose></xsl:with-param>
            </xsl:call-template>
          </xsl:for-each>
        </xsl:when>
        <xsl:when test="def:PDFPageRef[@FirstPage]">
          <xsl:apply-templates select="$leaf" mode="link">
            <xsl:with-param name="part" select="concat('#page=', def:PDFPageRef/@FirstPage)"/>
          </xsl:apply-templates>, pages <xsl:value-of
            select="concat(def:PDFPageRef/@FirstPage, '–', def:PDFPageRef/@LastPage)"/>
        </xsl:when>
        <xsl:otherwise><xsl:apply-templates select="$leaf" mode="link"/></xsl:otherwise>
      </xsl:choose>
    </span>
  </xsl:template>

  <xsl:template name="pages">
    <xsl:param name="rest"/>
    <xsl:param name="leaf"/>
    <xsl:param name="prefix"/>
    <xsl:variable name="page" select="substring-before(concat($rest, ' '), ' ')"/>
    <xsl:variable name="after" select="substring-after($rest, ' ')"/>
    <xsl:apply-templates select="$leaf" mode="link">
      <xsl:with-param name="part" select="concat($prefix, $page)"/>
      <xsl:with-param name="text" select="$page"/>
    </xsl:apply-templates>
    <xsl:if test="$after">, <xsl:call-template name="pages">
      <xsl:with-param name="rest" select="$after"/>
      <xsl:with-param name="leaf" select="$leaf"/>
      <xsl:with-param name="prefix" select="$prefix"/>
    </xsl:call-template></xsl:if>
  </xsl:template>

  <xsl:template name="style">
    <style>
:root { --ink: #1b1f24; --soft: #57606a; --line: #d8dee4; --band: #f6f8fa; --link: #0a4d8c; --mark: #fff3c4; }
* { box-sizing: border-box; }
html { scroll-padding-top: 2.2rem; }
body { margin: 0; color: var(--ink); background: #fff; display: grid; grid-template-columns: 17rem minmax(0, 1fr);
  font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "Noto Sans", sans-serif; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 1px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: .5rem; background: #fff; padding: .3rem .6rem; z-index: 9; }
#menu, .menu { display: none; }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1rem; background: var(--band);
  border-right: 1px solid var(--line); font-size: 13px; }
nav .title { margin: 0 0 .6rem; font-weight: 650; font-size: 15px; overflow-wrap: anywhere; }
nav p { margin: .4rem 0; }
nav .plain { margin-left: 1rem; font-weight: 600; }
nav ul { list-style: none; margin: .2rem 0 .6rem; padding: 0 0 0 1rem; }
nav li a { display: block; padding: .12rem .3rem; border-radius: 3px; color: var(--ink); overflow-wrap: anywhere; }
nav li a:hover { background: #e6ebf1; text-decoration: none; }
nav summary { cursor: pointer; font-weight: 600; padding: .2rem 0; }
nav input { width: 100%; font: inherit; padding: .35rem .5rem; border: 1px solid #8c959f; border-radius: 4px; }
main { padding: 1.2rem 1.6rem 4rem; min-width: 0; }
section { margin-bottom: 2.6rem; }
h1 { font-size: 24px; margin: 0 0 .2rem; line-height: 1.2; }
h2 { font-size: 19px; margin: 0 0 .3rem; padding-top: .4rem; line-height: 1.25; }
h3 { font-size: 15px; margin: 1.5rem 0 .4rem; }
.label { font-weight: 400; color: var(--soft); }
.lead { margin: 0 0 .8rem; max-width: 60rem; }
.facts { margin: 0; }
.facts div { display: flex; gap: 1rem; padding: .15rem 0; }
.facts dt { flex: 0 0 7rem; color: var(--soft); }
.facts dd { margin: 0; }
.meta, .used { color: var(--soft); margin: .1rem 0 .5rem; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; margin: .4rem 0; font-size: 13px; }
th, td { text-align: left; vertical-align: top; padding: .32rem .55rem; border-bottom: 1px solid var(--line);
  overflow-wrap: break-word; font-weight: 400; }
thead th { position: sticky; top: 0; z-index: 1; background: #e9eef4; font-weight: 600; white-space: nowrap;
  box-shadow: inset 0 -1px var(--line); border: 0; }
tbody th { font-weight: 600; }
tbody tr:nth-child(even) { background: var(--band); }
tbody tr:hover { background: #eef4fb; }
:target, tbody tr:target { background: var(--mark); }
h3:target, section:target, article:target { background: none; }
section:target > h2, h3:target, article:target > h3 { background: linear-gradient(var(--mark), var(--mark)) no-repeat; }
.variables th:nth-child(1) { width: 8.5rem; } .variables th:nth-child(3) { width: 9.4rem; }
.variables th:nth-child(2) { width: 11.5rem; } .variables th:nth-child(4) { width: 11rem; } .variables th:nth-child(5) { width: 6.5rem; }
.values th:nth-child(1) { width: 20%; } .values th:nth-child(2) { width: 13%; } .values th:nth-child(3) { width: 9.4rem; }
.values th:nth-child(4) { width: 12%; } .values th:nth-child(5) { width: 7.5rem; }
.values tbody th { font-weight: 400; }
.results th:nth-child(1) { width: 22%; } .results th:nth-child(2) { width: 26%; } .results th:nth-child(3) { width: 17%; }
.display h3 { margin-bottom: .1rem; } .results .line + .line, .results .line + .text { margin-top: .25rem; }
pre { margin: .3rem 0 0; padding: .4rem .55rem; background: #eef1f5; border-radius: 4px; white-space: pre-wrap;
  overflow-wrap: anywhere; font: 12px/1.4 ui-monospace, SFMono-Regular, Consolas, "Liberation Mono", monospace; }
#datasets th:nth-child(1) { width: 6.5rem; } #datasets th:nth-child(3) { width: 9rem; } #datasets th:nth-child(6) { width: 7.5rem; }
.texts th:nth-child(1) { width: 8rem; } #comments th:nth-child(1) { width: 32%; } #methods th:nth-child(3) { width: 32%; }
#comments tbody th { font-weight: 400; }
.terms { font-size: 12.5px; } .terms th:last-child { width: 6rem; }
.columns { display: grid; grid-template-columns: repeat(auto-fill, minmax(27rem, 1fr)); gap: 1.2rem 2.2rem;
  align-items: start; }
.codelist h3 { margin: .3rem 0 0; } .codelist thead th { position: static; } .codelist .used { font-size: 12.5px; }
.note, .line { display: block; } .note { color: var(--soft); font-size: 12px; }
.text { white-space: pre-line; } .text + .text { margin-top: .35rem; }
.kind { font-size: 11px; font-weight: 600; text-transform: uppercase; letter-spacing: .03em; }
.badge { display: inline-block; font-size: 11px; line-height: 1.35; font-weight: 600; padding: 0 .35rem; margin: 0 .3rem 0 0;
  border-radius: 3px; white-space: nowrap; vertical-align: 1px; }
th .badge, .note .badge { margin-left: .35rem; }
.key { background: #dcebfa; color: #083f73; } .own { background: #fde8c8; color: #6b4200; }
.condition { display: inline; } .decode { color: var(--soft); } .or { font-style: italic; }
th .note { font-weight: 400; } .code, .number { font-variant-numeric: tabular-nums; }
[hidden] { display: none !important; }
@media screen and (max-width: 1300px) {
  body { display: block; }
  #menu { display: inline; position: absolute; opacity: 0; }
  .menu { display: block; position: sticky; top: 0; z-index: 5; background: #0a4d8c; color: #fff; padding: .6rem 1rem;
    font-weight: 600; cursor: pointer; }
  .menu::after { content: " ▾"; } #menu:checked + .menu::after { content: " ▴"; }
  #menu:focus-visible + .menu { outline: 3px solid #f2b01e; outline-offset: -3px; }
  nav { display: none; position: sticky; top: 2.4rem; height: auto; max-height: 70vh; border: 0;
    border-bottom: 2px solid var(--link); z-index: 4; }
  #menu:checked ~ nav { display: block; }
  main { padding: .9rem .8rem 3rem; }
  html { scroll-padding-top: 3.2rem; }
  thead th { top: 2.4rem; }
}
@media screen and (max-width: 1000px) {
  .facts div { display: block; } .facts dd { margin-bottom: .3rem; }
  table:not(.terms), :not(.terms) > tbody, :not(.terms) > tbody > tr, :not(.terms) > tbody > tr > * { display: block;
    width: auto !important; }
  :not(.terms) > thead { position: absolute; left: -99rem; }
  :not(.terms) > tbody > tr { border: 1px solid var(--line); border-radius: 5px; margin: 0 0 .5rem; padding: .25rem 0; }
  :not(.terms) > tbody > tr > * { border: 0; padding: .12rem .6rem; }
  :not(.terms) > tbody th { font-size: 14px; }
  :not(.terms) > tbody td { position: relative; padding-left: 6.2rem; min-height: 1.5em; }
  :not(.terms) > tbody td::before { content: attr(data-label); color: var(--soft); font-size: 12px; position: absolute;
    left: .6rem; top: .2rem; }
  :not(.terms) > tbody td:empty { display: none; }
  .columns { display: block; }
}
@media print {
  body { display: block; font-size: 9pt; } nav, .menu, .skip, #menu { display: none; }
  main { padding: 0; } table { font-size: 8pt; } a { color: inherit; }
  thead { display: table-header-group; } thead th { position: static; } tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; } .columns { display: block; columns: 2; } .codelist { break-inside: avoid; }
  .dataset { break-before: page; } pre { border: 1px solid #ccc; } tbody tr:nth-child(even) { background: #f4f4f4; }
  .badge { border: 1px solid #666; } .note, .codelist .used, .terms { font-size: 7.5pt; } [hidden] { display: revert !important; }
  @page { size: A4 landscape; margin: 12mm; }
}
    </style>
  </xsl:template>

  <!-- A filter box, only where scripts run: it hides table rows and codelists without the words typed. -->
  <xsl:template name="script">
    <script><![CDATA[
(function () {
  var box = document.createElement("input");
  box.type = "search"; box.placeholder = "Filter (variable, term, text)"; box.setAttribute("aria-label", "Filter the page");
  document.getElementById("filter-place").appendChild(box);
  var rows = [].slice.call(document.querySelectorAll("main tbody tr"));
  var texts = rows.map(function (row) { return row.textContent.toLowerCase(); });
  var blocks = [].slice.call(document.querySelectorAll("main article, main section:not(#study), main table"));
  var names = blocks.map(function (block) {
    var head = block.querySelector("h2, h3");
    return head && block.tagName === "ARTICLE" ? head.textContent.toLowerCase() : ""; });
  function has(text, words) { return words.every(function (word) { return text.indexOf(word) >= 0; }); }
  box.addEventListener("input", function () {
    var words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    rows.forEach(function (row, i) { row.hidden = !has(texts[i], words); });
    blocks.forEach(function (block, i) {
      if (words.length && names[i] && has(names[i], words)) {
        [].forEach.call(block.querySelectorAll("tr"), function (row) { row.hidden = false; }); } });
    blocks.forEach(function (block) {
      block.hidden = words.length > 0 && !block.querySelector("tbody tr:not([hidden])"); });
    [].forEach.call(document.querySelectorAll("main h3[id]"), function (head) {
      if (head.parentNode.tagName === "SECTION") { head.hidden = head.nextElementSibling.hidden; } });
  });
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[href^='#']");
    if (!link) { return; }
    document.getElementById("menu").checked = false;
    var goal = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (goal && !goal.offsetParent) { box.value = ""; box.dispatchEvent(new Event("input")); } });
})();
    ]]></script>
  </xsl:template>
</xsl:stylesheet>
