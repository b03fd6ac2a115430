"""UIMA's type systems: which features a type has, and of what kind; the one of what we write, and those we read."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from annotator.errors import Refused
from annotator.formats.cas import DOCUMENT, RELATION, SPAN
from annotator.formats.strict_xml import Node, parse

FILE = "TypeSystem.xml"
STRING, DOUBLE = "uima.cas.String", "uima.cas.Double"
_WHOLE = frozenset(f"uima.cas.{name}" for name in ("Byte", "Short", "Integer", "Long"))
_BROKEN = frozenset(("uima.cas.Float", DOUBLE))
_TRUTH = "uima.cas.Boolean"
_ANNOTATION = "uima.tcas.Annotation"


class TypeSystem:
    """What is known of types: for each its supertype, and the range of each feature it adds."""

    def __init__(self) -> None:
        self.supertypes: dict[str, str] = {}
        self.features: dict[str, dict[str, str]] = {}

    def range(self, type_: str, feature: str) -> str | None:
        """The primitive type of the feature's values, or the type that they are of; None where it is not known."""
        seen: set[str] = set()
        while type_ not in seen:
            seen.add(type_)
            found = self.features.get(type_, {}).get(feature)
            if found is not None:
                return self._root(found)
            type_ = self.supertypes.get(type_, type_)
        return None

    def _root(self, type_: str) -> str:
        """A string of given values is a string."""
        return STRING if self.supertypes.get(type_) == STRING else type_


def read(data: bytes, name: str) -> TypeSystem:
    """The type system of a `TypeSystem.xml`; raises Refused as `strict_xml.parse` does."""
    found = TypeSystem()
    root = parse(data, name)
    for described in (root.first("types") or root).nodes("typeDescription"):
        type_ = _text(described, "name")
        found.supertypes[type_] = _text(described, "supertypeName")
        features = described.first("features")
        found.features[type_] = {
            _text(feature, "name"): _text(feature, "rangeTypeName")
            for feature in (features.nodes("featureDescription") if features else [])
        }
    return found


def _text(node: Node, name: str) -> str:
    found = node.first(name)
    return found.words() if found else ""


def value(text: str, range_: str | None) -> str | int | float | None:
    """What the text of a feature says by its range, text where the range is not known; None for a reference.

    Raises Refused for what is no value of that range.
    """
    if range_ is None or range_ in {STRING, _TRUTH}:
        return text
    try:
        if range_ in _WHOLE:
            return int(text)
        if range_ in _BROKEN:
            return int(text) if text.removeprefix("-").isdecimal() else float(text)
    except ValueError:
        raise Refused(f"{text[:80]!r} is no value of {range_}.") from None
    return None


# -- out


def written(attributes: dict[str, str]) -> str:
    """The type system of what we write; `attributes` are the features of a span, each with its range."""
    span = {"label": STRING, "note": STRING} | attributes
    relation = {"Governor": SPAN, "Dependent": SPAN, "label": STRING}
    names = ("documentTitle", "documentId", "documentUri", "collectionId", "documentBaseUri")
    document = dict.fromkeys(names, STRING) | {"isLastSegment": _TRUTH}
    types = (
        (SPAN, _ANNOTATION, span), (RELATION, _ANNOTATION, relation),
        (DOCUMENT, "uima.tcas.DocumentAnnotation", document),
    )  # fmt: skip
    described = "".join(_type(*one) for one in types)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<typeSystemDescription xmlns="http://uima.apache.org/resourceSpecifier"><types>{described}\n'
        "</types></typeSystemDescription>\n"
    )


def _type(name: str, supertype: str, features: dict[str, str]) -> str:
    described = "".join(
        f"\n<featureDescription><name>{feature}</name><description/><rangeTypeName>{range_}</rangeTypeName>"
        "</featureDescription>"
        for feature, range_ in features.items()
    )
    return (
        f"\n<typeDescription><name>{name}</name><description/><supertypeName>{supertype}</supertypeName>"
        f"<features>{described}\n</features></typeDescription>"
    )


_SPACES = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}


def quoted(text: str) -> str:
    """The text as the value of an attribute of XML, in its quotation marks; white space in it is kept."""
    return quoteattr(text, _SPACES)
