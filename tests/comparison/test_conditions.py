"""Conditions in words."""

from __future__ import annotations

import pytest

from tests.comparison.builders import sequence
from tsfix.comparison.conditions import condition_in_words

_TYPE = "SMS_TaskSequence_{}ConditionExpression"


def expression(kind: str, extra: str = "", **variables: str) -> str:
    inner = "".join(f'<variable name="{name}">{value}</variable>' for name, value in variables.items())
    return f'<expression type="{_TYPE.format(kind)}"{extra}>{inner}</expression>'


def operator(kind: str, *parts: str) -> str:
    return f'<operator type="{kind}">{"".join(parts)}</operator>'


def words(inner: str) -> str:
    (step,) = sequence(f"<step><condition>{inner}</condition></step>").children
    assert step.condition is not None
    return condition_in_words(step.condition)


PE = expression("Variable", Operator="equals", Value="true", Variable="_SMSTSInWinPE")
LANGUAGE = expression("WMI", Namespace="root\\cimv2", Query="select * from Win32_OperatingSystem")
PLATFORMS = (
    '<osConditionGroup type="or"><osExpressionGroup type="and" name="All x64 Windows 10">'
    f'<platformKey arch="x64"/>{LANGUAGE}</osExpressionGroup>'
    '<osExpressionGroup type="and" name="All x64 Windows 11"/></osConditionGroup>'
)


@pytest.mark.parametrize(
    ("expected", "inner"),
    [
        ('if _SMSTSInWinPE equals "true"', PE),
        ("if A exists", expression("Variable", Operator="exists", Value="", Variable="A")),
        ("if A does not exist", expression("Variable", Operator="notExists", Variable="A")),
        ('if A exists "x"', expression("Variable", Operator="exists", Value="x", Variable="A")),
        ('if A is like "*HP*"', expression("Variable", Variable="A", Operator="like", Value="*HP*")),
        ('if A does not equal ""', expression("Variable", Variable="A", Operator="NotEquals", Value="")),
        ('if A "sounds like" "x"', expression("Variable", Variable="A", Operator="sounds like", Value="x")),
        ("if (no variable) (no operator)", expression("Variable")),
        (
            "if WMI query in root\\cimv2 finds something: select * from Win32_OperatingSystem",
            LANGUAGE,
        ),
        ("if file C:\\done.txt exists", expression("File", Path="C:\\done.txt")),
        (
            'if file C:\\a.exe exists and its version is at least "1.2" and its date is less than "2020"',
            expression(
                "File",
                DateTime="2020",
                DateTimeOperator="less",
                Path="C:\\a.exe",
                Version="1.2",
                VersionOperator="greaterEqual",
            ),
        ),
        ("if folder D:\\file exists", expression("Folder", Path="D:\\file")),
        (
            'if registry HKEY_LOCAL_MACHINE\\SOFTWARE\\X, value Done (REG_DWORD) equals "1"',
            expression(
                "Registry",
                Data="1",
                KeyPath="HKEY_LOCAL_MACHINE\\SOFTWARE\\X",
                Operator="equals",
                Type="REG_DWORD",
                Value="Done",
            ),
        ),
        (
            "if registry HKEY_LOCAL_MACHINE\\X does not exist",
            expression("Registry", KeyPath="HKEY_LOCAL_MACHINE\\X", Operator="notExists"),
        ),
        (
            'if software Office is installed (ThisVersion, version 16.0) [ProductCode="{1}"]',
            expression("Software", Operator="ThisVersion", ProductCode="{1}", ProductName="Office", Version="16.0"),
        ),
        (
            'if operating system version equals "6.1" on X64',
            expression("OS", Architecture="X64", Version="6.1", Operator="equals"),
        ),
        (
            'if all of: _SMSTSInWinPE equals "true"; A exists',
            PE + expression("Variable", Variable="A", Operator="exists"),
        ),
        ('if none of: _SMSTSInWinPE equals "true"', operator("not", PE)),
        (
            'if all of: _SMSTSInWinPE equals "true"; (any of: A exists; (none of: nothing))',
            operator(
                "and",
                PE,
                operator("or", expression("Variable", Variable="A", Operator="exists"), operator("not")),
            ),
        ),
        ("if (nothing: the condition is empty)", ""),
        (
            'if operating system is any of: "All x64 Windows 10"; "All x64 Windows 11"',
            PLATFORMS,
        ),
        (
            'if _SMSTSInWinPE equals "true" [ignoreQueryFailure=true]',
            PE.replace('Expression"', 'Expression" ignoreQueryFailure="true"'),
        ),
        (
            'if expression (type=Acme_Expression, Colour="blue")',
            '<expression type="Acme_Expression"><variable name="Colour">blue</variable></expression>',
        ),
        ('if "xor" of: _SMSTSInWinPE equals "true"', operator("xor", PE)),
    ],
)
def test_words(expected: str, inner: str) -> None:
    assert expected == words(inner)
