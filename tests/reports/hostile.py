"""Names and values that were made to break a reader, put into every place of an export that a report shows."""

from __future__ import annotations

from msgspec.structs import replace

from tests.made import Element, Group, Known, export, on, sequence, steps
from tsfix.export import Export

NAMES = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "attribute": '" onmouseover="alert(1)" x=\'y\' `z`',
    "style": "</style></script><style>*{display:none}</style>",
    "comment": "<!-- --> ]] > &lt;b&gt; &amp;",
    "template": "{{ 7*7 }} {% raw %} ${x}",
    "address": "javascript:alert(1)",
    "turned": "abc\u202egnp.exe\u2066\u200b",
    "control": "\u009b31mred\u0085next\u00adsoft",
    "lines": "one\n\n# three\n| four |",
    "markdown": "**b** [x](javascript:alert(1)) ![i](http://x.example/i.png) @all ```\n~~~",
    "formula": "=cmd|' /C calc'!A0",
    "long": "long " + "x" * 10_000,
    "empty": "",
}


def hostile_export(text: str, *, behind: str = "") -> Export:
    """An export whose names, values and texts are all that text; ``behind`` follows each, to make another version."""
    text += behind
    condition = on.when(on.variable("Name", "equals", text), on.wmi(text), on.file(text))
    rules = Element(tag="Rules", children=(steps.rule(condition, ("Name", text, False), (text, text, False)),))
    inner = Group(
        name=text,
        description=text,
        condition=condition,
        children=(
            steps.run_command_line(text, text, description=text, condition=condition),
            steps.set_dynamic_variables(text, rules, description=text),
            steps.run_powershell_script(text, lines=(text, "second line"), parameters=text),
            steps.set_variable(text, text, text),
        ),
    )
    plain = Group(name="Plain", children=(steps.restart("Restart", message=text),))
    made = sequence("CHQ0000D", text, inner, plain)
    found = export(made, known=(Known(id="CHQ00099", name=text, type=0),))
    return replace(found, parts=replace(found.parts, name=f"{text[:300]}.zip"))
