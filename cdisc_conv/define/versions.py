"""Which version of Define-XML a document is of, by its number and the namespace that it stands in."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from cdisc_conv.define.building.xml import ODM
from cdisc_conv.problems import Problem, ProblemsError

_ODM_OF_ANY_VERSION = "http://www.cdisc.org/ns/odm/"
_VERSION = "DefineVersion"


def find_version(root: etree._Element, known: Mapping[str, str]) -> tuple[str, str]:
    """The number of the Define-XML version and its namespace.

    `known` are the namespaces of the versions that are read ({"2.1": "http://www.cdisc.org/ns/def/v2.1"}). Raises
    ProblemsError (DEF002, without a place) for a document that is something else, or of another version.

    >>> metadata = f'<Study><MetaDataVersion d:DefineVersion="2.0.0" xmlns:d="http://www.cdisc.org/ns/def/v2.0"/></Study>'
    >>> find_version(etree.fromstring(f'<ODM xmlns="{ODM}">{metadata}</ODM>'), {"2.1": "http://www.cdisc.org/ns/def/v2.1"})
    Traceback (most recent call last):
    cdisc_conv.problems.ProblemsError: DEF002 the Define-XML version is 2.0.0 (2.1 is read)
    """
    _check_root(root)
    versions = root.findall(f"{{{ODM}}}Study/{{{ODM}}}MetaDataVersion")
    if len(versions) != 1:
        raise _fault(f"the file has {len(versions)} metadata versions instead of one")
    stated = {etree.QName(str(key)): str(value) for key, value in versions[0].attrib.items()}
    numbers = [(value, key.namespace or "") for key, value in stated.items() if key.localname == _VERSION and value]
    read = f"{' and '.join(known)} {'is' if len(known) == 1 else 'are'} read"
    if not numbers:
        raise _fault("the Define-XML version is not given", read)
    number, namespace = numbers[0]
    wanted = known.get(".".join(number.split(".")[:2]))
    if wanted is None:
        raise _fault(f"the Define-XML version is {number}", read)
    if wanted != namespace:
        where = f"in the namespace '{namespace}'" if namespace else "in no namespace"
        raise _fault(f"the Define-XML version is {number}, but {where}", f"that of {number} is '{wanted}'")
    return number, namespace


def _check_root(root: etree._Element) -> None:
    name = etree.QName(root)
    if root.tag == f"{{{ODM}}}ODM":
        return
    if name.localname == "ODM" and (name.namespace or "").startswith(_ODM_OF_ANY_VERSION):
        version = (name.namespace or "").removeprefix(_ODM_OF_ANY_VERSION).removeprefix("v")
        hint = "Define-XML 1.0, which is not read, stands on ODM 1.2" if version == "1.2" else ""
        raise _fault(f"the root is of ODM {version} instead of ODM 1.3", hint)
    raise _fault(f"the root is {name.localname} without the namespace of ODM 1.3", "is it a define.xml?")


def _fault(message: str, hint: str = "") -> ProblemsError:
    return ProblemsError([Problem("DEF002", message, hint=hint)])
