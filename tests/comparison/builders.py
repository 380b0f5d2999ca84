"""Invented sequences of any size, and edits to them, for the tests of the comparison."""

from __future__ import annotations

import base64
import copy
from collections.abc import Callable
from random import Random

from lxml import etree

from tsfix.comparison.compare import compare_task_sequences
from tsfix.comparison.differences import Comparison
from tsfix.parse.sequence import read_sequence
from tsfix.task_sequence import Sequence, TaskSequence

Element = etree._Element

HOLDERS = ("group", "sequence")
ITEMS = ("group", "step", "subtasksequence")


def sequence(source: Element | str) -> Sequence:
    """The model of a tree or of a text, of which the outer element may be left out."""
    if isinstance(source, str):
        source = etree.fromstring(
            source if source.startswith("<sequence") else f'<sequence version="3.10">{source}</sequence>'
        )
    return read_sequence(source)


def compare_sequences(before: Sequence, after: Sequence) -> Comparison:
    """The comparison of two task sequences that are nothing but these sequences."""
    one, other = (TaskSequence(name="", package_id=None, sequence=held) for held in (before, after))
    return compare_task_sequences(one, other)


def group(name: str, *children: Element, **attributes: str) -> Element:
    element = etree.Element("group", {"name": name, "description": "", **attributes})
    element.extend(children)
    return element


def step(name: str, kind: str, action: str, variables: dict[str, tuple[str, str]], **attributes: str) -> Element:
    """A step; the variables are given as ``{name: (property, value)}``."""
    element = etree.Element(
        "step",
        {"type": f"SMS_TaskSequence_{kind}", "name": name, "description": "", "runIn": "WinPEandFullOS", **attributes},
    )
    etree.SubElement(element, "action").text = action
    listed = etree.SubElement(element, "defaultVarList")
    for variable, (prop, value) in variables.items():
        etree.SubElement(listed, "variable", {"name": variable, "property": prop}).text = value
    return element


def command(name: str, line: str, package: str = "", **attributes: str) -> Element:
    found = step(
        name,
        "RunCommandLineAction",
        f"smsswd.exe /run:{package} {line}",
        {
            "CommandLine": ("CommandLine", line),
            "SMSTSDisableWow64Redirection": ("DisableWow64Redirection", "false"),
            "PackageID": ("PackageID", package),
            "_SMSTSRunCommandLineAsUser": ("RunAsUser", "false"),
            "SuccessCodes": ("SuccessCodes", "0 3010"),
        },
        successCodeList="0 3010",
        **attributes,
    )
    found.find("defaultVarList")[0].set("hidden", "true")
    return found


def restart(name: str = "Restart Computer") -> Element:
    return step(
        name,
        "RebootAction",
        "smsboot.exe /target:HD",
        {"SMSRebootMessage": ("Message", "Restart."), "SMSRebootTimeout": ("MessageTimeout", "60")},
    )


def set_variable(name: str, variable: str, value: str) -> Element:
    return step(
        name,
        "SetVariableAction",
        f'tsenv.exe "{variable}={value}"',
        {"VariableName": ("VariableName", variable), "VariableValue": ("VariableValue", value)},
    )


def script_value(text: str) -> str:
    return base64.b64encode(b"\xff\xfe" + text.encode("utf-16-le")).decode("ascii")


def script(name: str, text: str) -> Element:
    return step(
        name,
        "RunPowerShellScriptAction",
        "OSDRunPowerShellScript.exe",
        {
            "OSDRunPowerShellScriptExecutionPolicy": ("ExecutionPolicy", "Bypass"),
            "OSDRunPowerShellScriptSourceScript": ("SourceScript", script_value(text)),
        },
    )


def client(name: str, package: str) -> Element:
    return step(
        name,
        "SetupWindowsAndSMSAction",
        "OSDSetupWindows.exe",
        {
            "SMSClientInstallProperties": ("ClientInstallProperties", "SMSMP=mp.example.test"),
            "_SMSClientPackageID": ("ClientPackageID", package),
        },
    )


def child_call(name: str, package: str) -> Element:
    element = step(
        name, "SubTasksequence", "SubTasksequence.exe", {"OSDSubTasksequencePackageID": ("TsPackageID", package)}
    )
    element.tag = "subtasksequence"
    return element


def variable_condition(variable: str, operator: str, value: str) -> Element:
    element = etree.Element("expression", type="SMS_TaskSequence_VariableConditionExpression")
    for name, text in (("Operator", operator), ("Value", value), ("Variable", variable)):
        etree.SubElement(element, "variable", name=name).text = text
    return element


def query_condition(query: str) -> Element:
    element = etree.Element("expression", type="SMS_TaskSequence_WMIConditionExpression")
    etree.SubElement(element, "variable", name="Namespace").text = "root\\cimv2"
    etree.SubElement(element, "variable", name="Query").text = query
    return element


def with_condition(item: Element, *parts: Element, operator: str = "") -> Element:
    condition = etree.Element("condition")
    target = etree.SubElement(condition, "operator", type=operator) if operator else condition
    target.extend(parts)
    item.insert(0, condition)
    return item


def some_step(rng: Random) -> Element:
    """A step of any kind; some kinds come out equal again and again, as in real sequences."""
    number = rng.randrange(10_000)
    makers: list[Callable[[], Element]] = [
        lambda: command(f"Install {number}", f"setup{number}.exe /quiet", f"CHQ{number:05X}"),
        lambda: command(f"Copy {number}", f"xcopy .\\{number} %OSDisk%\\{number} /y"),
        restart,
        restart,
        lambda: set_variable(f"Set V{number % 7}", f"V{number % 7}", str(number % 3)),
        lambda: set_variable("Set variable", f"V{number % 50}", "true"),
        lambda: script("Run script", f"Write-Host {number}\r\nexit 0"),
        lambda: script(f"Run script {number % 20}", "exit 0"),
        lambda: client(f"Setup Windows {number % 5}", "CHQ00002"),
        lambda: child_call(f"Child {number}", f"CHQ{number:05X}"),
    ]
    made = rng.choice(makers)()
    if rng.random() < 0.15:
        with_condition(made, variable_condition("_SMSTSInWinPE", "equals", rng.choice(["true", "false"])))
    elif rng.random() < 0.1:
        parts = [variable_condition("A", "exists", ""), query_condition(f"select * from T where n={number % 9}")]
        with_condition(made, *parts, operator=rng.choice(["and", "or", "not"]))
    return made


def some_sequence(rng: Random, steps: int) -> Element:
    """A tree with about that many steps in nested groups, with equal steps and equal names here and there."""
    root = etree.Element("sequence", version="3.10")
    listed = etree.SubElement(root, "referenceList")
    for number in range(3):
        etree.SubElement(listed, "reference", package=f"CHQ{number:05X}", program="*")
    holders = [root]
    for number in range(steps):
        if number % 6 == 0:
            parent = rng.choice(holders[-4:])
            made = group(rng.choice([f"Group {number}", f"Group {number}", "Install", "Windows PE"]))
            if rng.random() < 0.2:
                with_condition(made, variable_condition("Model", "like", f"*{rng.randrange(9)}*"))
            parent.append(made)
            holders.append(made)
        holders[-1 if rng.random() < 0.8 else rng.randrange(len(holders))].append(some_step(rng))
    return root


def items(root: Element, *tags: str) -> list[Element]:
    return list(root.iter(*(tags or ITEMS)))


def placed(holder: Element, item: Element, rng: Random) -> None:
    """Put the item somewhere among the groups and steps of the holder."""
    first = sum(1 for child in holder if child.tag not in ITEMS)
    holder.insert(rng.randint(first, len(holder)), item)


Edit = Callable[[Element, Random], int]
"""Changes a tree; the result is how many groups and steps it touched, 0 where it could do nothing."""


def edit_attribute(root: Element, rng: Random) -> int:
    item = rng.choice(items(root))
    name = rng.choice(["disable", "continueOnError", "description", "name"])
    item.set(name, f"{item.get(name, '')}x{rng.randrange(100)}")
    return 1


def edit_variable(root: Element, rng: Random) -> int:
    variable = rng.choice([found for found in root.iter("variable") if found.getparent().tag == "defaultVarList"])
    variable.text = f"{variable.text or ''} {rng.randrange(1000)}"
    return 1


def edit_condition(root: Element, rng: Random) -> int:
    item = rng.choice(items(root))
    old = item.find("condition")
    if old is not None:
        item.remove(old)
    else:
        with_condition(item, variable_condition("New", "equals", str(rng.randrange(1000))))
    return 1


def rename_group(root: Element, rng: Random) -> int:
    rng.choice(items(root, "group")).set("name", f"Renamed {rng.randrange(1000)}")
    return 1


def remove_step(root: Element, rng: Random) -> int:
    found = rng.choice(items(root, "step", "subtasksequence"))
    found.getparent().remove(found)
    return 1


def insert_step(root: Element, rng: Random) -> int:
    placed(rng.choice(items(root, *HOLDERS)), some_step(rng), rng)
    return 1


def copy_step(root: Element, rng: Random) -> int:
    placed(rng.choice(items(root, *HOLDERS)), copy.deepcopy(rng.choice(items(root, "step"))), rng)
    return 1


def remove_group(root: Element, rng: Random) -> int:
    found = rng.choice(items(root, "group"))
    found.getparent().remove(found)
    return len(items(found))


def move_inside(root: Element, rng: Random) -> int:
    item = rng.choice(items(root))
    holder = item.getparent()
    holder.remove(item)
    placed(holder, item, rng)
    return 1


def move_elsewhere(root: Element, rng: Random) -> int:
    item = rng.choice(items(root))
    inside = set(item.iter("group"))
    holder = rng.choice([found for found in items(root, *HOLDERS) if found not in inside])
    item.getparent().remove(item)
    placed(holder, item, rng)
    return 1


EDITS: tuple[Edit, ...] = (
    edit_attribute,
    edit_variable,
    edit_variable,
    edit_condition,
    rename_group,
    remove_step,
    insert_step,
    copy_step,
    remove_group,
    move_inside,
    move_elsewhere,
)
