"""Invented XML texts for Hypothesis: many ways to write the same thing, nested up to three levels deep."""

from __future__ import annotations

from hypothesis import strategies as st

HOSTILE = (
    "<",
    "&",
    ">",
    '"',
    "'",
    "]]>",
    "]]",
    "]",
    "%",
    "\\",
    "\u20ac",
    "\xe9",
    "\U0001f4be",
    " ",
    "a",
    "<v/>",
    "&lt;",
    "--",
)

EMBEDDING = "emb"
"""The name of the elements that hold XML as text."""


def values(*, line_ends: bool = True) -> st.SearchStrategy[str]:
    """Values for texts and attributes, biased to what is dangerous; CR, LF and TAB among them."""
    pieces = st.sampled_from(HOSTILE + (("\n", "\r", "\t", "\r\n") if line_ends else ()))
    legal = st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff", min_codepoint=32)
    plain = st.text(legal, max_size=4)
    return st.lists(st.one_of(pieces, plain), max_size=5).map("".join)


def _escape(text: str, style: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    if style == "bare-gt":
        return escaped.replace("]]>", "]]&gt;")
    escaped = escaped.replace(">", "&gt;")
    if style == "quotes":
        return escaped.replace('"', "&quot;").replace("'", "&apos;")
    if style == "numeric":
        return "".join(f"&#x{ord(char):X};" if char in "<>&\"'\u20ac\xe9" else char for char in text)
    if style == "decimal":
        return "".join(f"&#{ord(char)};" for char in text)
    return escaped


def _cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


_ESCAPES = ("plain", "bare-gt", "quotes", "numeric")
_ASIDES = ("<!-- <fake> ]]> & \u20ac -->", "<?fake <fake a='>'> ?>")


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Raw character content: text in several escape styles, CDATA sections with fake tags, comments, instructions."""
    result = ""
    for kind in draw(st.lists(st.sampled_from(("text", "text", "cdata", "aside")), max_size=3)):
        if kind == "text":
            value = draw(values(line_ends=False)) + draw(st.sampled_from(("", "\n", "\n  ")))
            result += _escape(value, draw(st.sampled_from(_ESCAPES)))
        elif kind == "cdata":
            result += _cdata(draw(st.sampled_from(("<fake a='1'><b/>", "]]", "a & b", "x <!-- y", "<?z", "?>", "-->"))))
        else:
            result += draw(st.sampled_from(_ASIDES))
    # Where two pieces meet they could form what XML forbids outside CDATA.
    return result if _well_joined(result) else _escape(result, "plain")


def _well_joined(raw: str) -> bool:
    """Whether every ``]]>`` closes a CDATA section or stands in a comment."""
    rest = raw
    for opening, closing in (("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>")):
        pieces = rest.split(opening)
        rest = pieces[0] + "".join(piece.partition(closing)[2] if closing in piece else piece for piece in pieces[1:])
    return "]]>" not in rest


@st.composite
def start_tags(draw: st.DrawFn, name: str) -> str:
    """A start tag without its closing ``>``, with attributes in several styles."""
    result = "<" + name
    for attribute in draw(st.lists(st.sampled_from(("a", "b", "name", "type", "disable")), unique=True, max_size=3)):
        quote = draw(st.sampled_from("\"'"))
        space = draw(st.sampled_from((" ", " ", "  ", "\n   ")))
        equals = draw(st.sampled_from(("=", "=", " = ")))
        value = _escape(draw(values(line_ends=False)), draw(st.sampled_from(_ESCAPES)))
        value = value.replace(quote, "&quot;" if quote == '"' else "&apos;")
        value += draw(st.sampled_from(("", "", "&#xA;", "\n", "!--", "/>", "?>")))
        result += f"{space}{attribute}{equals}{quote}{value}{quote}"
    return result + draw(st.sampled_from(("", "", " ")))


@st.composite
def elements(draw: st.DrawFn, depth: int, levels: int) -> str:
    """An element; ``levels`` says how many levels of XML may still be stored as text inside."""
    if levels and draw(st.integers(0, 2)) == 0:
        inner = draw(documents(levels=levels - 1, inner=True))
        return draw(start_tags(EMBEDDING)) + ">" + draw(embeddings(inner)) + f"</{EMBEDDING}>"
    name = draw(st.sampled_from(("v", "step", "group", "x.y", "n-\xe9")))
    tag = draw(start_tags(name))
    style = draw(
        st.sampled_from(("empty", "pair", "text", "children", "children") if depth else ("empty", "pair", "text"))
    )
    if style == "empty":
        return tag + "/>"
    end = f"</{name}" + draw(st.sampled_from(("", "", " "))) + ">"
    if style == "pair":
        return tag + ">" + end
    content = draw(texts())
    if style == "children":
        for _ in range(draw(st.integers(1, 3))):
            content += draw(elements(depth - 1, levels)) + draw(st.one_of(st.just(""), texts()))
    return tag + ">" + content + end


@st.composite
def embeddings(draw: st.DrawFn, inner: str) -> str:
    """XML as the text of an element: in CDATA, escaped, or cut into pieces of both with comments between."""
    style = draw(st.sampled_from(("cdata", "plain", "quotes", "bare-gt", "numeric", "decimal", "mixed")))
    if style == "cdata":
        return _cdata(inner)
    if style != "mixed":
        return _escape(inner, style)
    cuts = sorted(draw(st.lists(st.integers(0, len(inner)), max_size=4)))
    result = ""
    for start, end in zip([0, *cuts], [*cuts, len(inner)], strict=True):
        piece_style = draw(st.sampled_from(("cdata", "plain", "quotes", "numeric")))
        piece = inner[start:end]
        result += _cdata(piece) if piece_style == "cdata" else _escape(piece, piece_style)
        result += draw(st.sampled_from(("", "", "", _ASIDES[0])))
    return result


_INNER_PROLOGS = ("", "", '<?xml version="1.0" encoding="utf-16"?>', '<?xml version="1.0"?>\n<!-- <fake> -->')


@st.composite
def documents(draw: st.DrawFn, levels: int = 2, *, inner: bool = False) -> str:
    """A whole XML text, without a byte order mark; declarations may lie about the encoding."""
    body = draw(elements(2, levels))
    prolog = draw(st.sampled_from(_INNER_PROLOGS)) if inner or draw(st.booleans()) else ""
    text = prolog + body + draw(st.sampled_from(("", "\n", "\n<!-- <fake/> -->", "<?fake <a>?>\n")))
    return text.replace("\n", "\r\n") if draw(st.booleans()) and "\r" not in text else text
