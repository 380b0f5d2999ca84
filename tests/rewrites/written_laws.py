"""What a site keeps in every export it writes, looked at with lxml and regular expressions alone, without the tool's own reading.

A copy must break none of these laws oftener than its original: exports that people edited by hand break some.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping

from lxml import etree

ITEM_ATTRIBUTES = (
    "type",
    "name",
    "description",
    "disable",
    "continueOnError",
    "timeout",
    "runIn",
    "successCodeList",
    "retryCount",
    "runFromNet",
)
ITEMS = frozenset({"group", "step", "subtasksequence"})
CHILDREN = {
    "sequence": ("referenceList", "globalVarList", "item"),
    "group": ("condition", "item"),
    "step": ("condition", "action", "defaultVarList"),
    "subtasksequence": ("condition", "action", "defaultVarList"),
}
NO_PACKAGE = "00000000"
PACKAGE_ID = re.compile(r"[A-Za-z0-9]{3}[0-9A-Fa-f]{5}")
CLASS_FOLDER = "SMS_TaskSequencePackage/"


def parsed(data: bytes | str) -> etree._Element:
    """The root of a text, read with entities off."""
    raw = data.encode("utf-8") if isinstance(data, str) else data
    return etree.fromstring(raw, etree.XMLParser(resolve_entities=False, huge_tree=True, strip_cdata=False))


def properties(instance: etree._Element) -> list[str]:
    """The names of an object's properties in their order."""
    return [child.get("NAME") for child in instance if str(child.tag).startswith("PROPERTY")]


def plain(instance: etree._Element, name: str) -> str | None:
    """The value of a plain property; None for NULL and for one that is not there."""
    for child in instance:
        if child.tag == "PROPERTY" and child.get("NAME") == name:
            return next(((value.text or "") for value in child if value.tag == "VALUE"), None)
    return None


def object_names(parts: Mapping[str, bytes]) -> list[str]:
    """The parts that hold task sequences."""
    return [name for name in parts if CLASS_FOLDER in name and name.endswith("/object.xml")]


def breaches(parts: Mapping[str, bytes]) -> Counter[str]:
    """How often each law is broken in the parts of an export, or in a single file."""
    found: Counter[str] = Counter()
    objects = object_names(parts)
    for name, data in parts.items():
        if name in objects:
            found.update(_of_object(data))
            found.update(_of_rows(parts, name))
        elif not objects and len(parts) == 1 and b"<sequence" in data and b"SmsTaskSequencePackage" not in data:
            found.update(_of_sequence(parsed(data)))
    if objects and any(name.endswith("_rels/.rels") for name in parts):
        found.update(_of_package(parts))
    return found


def _of_object(data: bytes) -> Iterator[str]:
    instance = parsed(data)
    if data[:1] != b"<" or data.startswith(b"<?xml"):
        yield "object.xml: begins with something else than its element"
    outside = re.sub(rb"<!\[CDATA\[.*?\]\]>", b"", data, flags=re.DOTALL)
    if re.search(rb"/>|&", outside):
        yield "object.xml: an entity, or an element closed at once"
    if re.search(rb"(?<!\r)\n", outside):
        yield "object.xml: a line end without CR"
    names = [name for name in properties(instance) if not name.startswith("__")]
    if names != sorted(names, key=str.lower):
        yield "object.xml: properties not sorted"
    if plain(instance, "__PROPERTY_COUNT") != str(len(names)):
        yield "object.xml: __PROPERTY_COUNT"
    sequence = parsed(plain(instance, "Sequence") or "<sequence/>")
    yield from _of_sequence(sequence)
    boot_image = plain(instance, "BootImageID") or ""
    listed = {one for one in _listed(sequence) if one != NO_PACKAGE} | ({boot_image.strip()} - {""})
    held = _references(instance)
    if {package.upper() for package, _ in held} != {one.upper() for one in listed}:
        yield "References: not the reference list and the boot image"
    packages = [package for package, kind in held if kind == "0"]
    if packages != sorted(packages):
        yield "References: not sorted"


def _references(instance: etree._Element) -> list[tuple[str, str]]:
    """Package and type of each entry of the References array."""
    found: list[tuple[str, str]] = []
    for child in instance:
        if child.get("NAME") == "References":
            for inner in child.iter("INSTANCE"):
                found.append((plain(inner, "Package") or "", plain(inner, "Type") or ""))
    return found


def _listed(sequence: etree._Element) -> list[str]:
    return [one.get("package") or one.get("application") or "" for one in sequence.iterfind("referenceList/reference")]


def _of_sequence(root: etree._Element) -> Iterator[str]:
    for element in root.iter("*"):
        tag = str(element.tag)
        if tag in ITEMS:
            names = [name for name in ITEM_ATTRIBUTES if name in element.attrib]
            if list(element.attrib) != names:
                yield "order of attributes, or one that no site writes"
            for name in ("disable", "continueOnError"):
                if element.get(name, "true") != "true":
                    yield f"{name} written although it is not true"
        if tag in CHILDREN:
            order = [CHILDREN[tag].index(_kind(child)) if _kind(child) in CHILDREN[tag] else -1 for child in element]
            if order != sorted(order) or -1 in order:
                yield f"order of what is in a {tag}"
        if tag == "defaultVarList":
            yield from _of_variables(element)
        if tag == "operator" and element.get("type") == "not" and len(element) != 1:
            yield "not with another number of tests than one"
    for step in root.iter("step", "subtasksequence"):
        yield from _of_halves(step)
    yield from _of_reference_list(root)


def _kind(element: etree._Element) -> str:
    return "item" if element.tag in ITEMS else str(element.tag)


def _of_variables(element: etree._Element) -> Iterator[str]:
    found = [one.get("property", one.get("name")) for one in element.iterfind("variable")]
    if found != sorted(found):
        yield "variables not sorted"
    if len(set(found)) != len(found) or len({one.get("name") for one in element}) != len(element):
        yield "a variable twice"


def values(step: etree._Element) -> dict[str, str]:
    """The variables of a step by property, with those of its attributes that matter."""
    return {one.get("property", one.get("name")): one.text or "" for one in step.iterfind("defaultVarList/variable")}


def _of_halves(step: etree._Element) -> Iterator[str]:
    """The action line repeats the variables, an attribute the success codes."""
    held, kind = values(step), (step.get("type") or "").removeprefix("SMS_TaskSequence_")
    action = step.findtext("action") or ""
    if "SuccessCodes" in held and held["SuccessCodes"].split() != (step.get("successCodeList") or "").split():
        yield "success codes: two halves"
    wanted = {
        "RunCommandLineAction": f"smsswd.exe /run:{held.get('PackageID', '')} {held.get('CommandLine', '')}",
        "RebootAction": f"smsboot.exe /target:{held.get('Target', '')}",
    }.get(kind)
    if wanted is not None and " ".join(action.split()) != " ".join(wanted.split()):
        yield f"{kind}: two halves"
    if kind == "SetVariableAction":
        start = f'tsenv.exe "{held.get("VariableName", "")}={held.get("VariableValue", "")}"'
        if re.sub(r"(?i) /hiddenflag:(True|False)$", "", action) != start:
            yield f"{kind}: two halves"
    if kind == "ApplyDriverPackageAction" and f"/install:{held.get('DriverPackageID', '')}" not in action:
        yield f"{kind}: two halves"
    if kind == "InstallApplicationAction" and held.get("ApplicationName"):
        apps = [piece for piece in re.split(r"[,&]", action.partition("/app:")[2].partition(" ")[0]) if piece]
        if apps != [piece for piece in re.split(r"[,&]", held["ApplicationName"]) if piece]:
            yield f"{kind}: two halves"


def _runs(step: etree._Element) -> bool:
    return all(one.get("disable") != "true" for one in (step, *step.iterancestors("group")))


def _of_reference_list(root: etree._Element) -> Iterator[str]:
    """The list names what enabled steps use, and nothing else."""
    listed = {one.upper() for one in _listed(root)} - {NO_PACKAGE}
    texts = [
        text
        for step in root.iter("step", "subtasksequence")
        if _runs(step)
        for text in (step.findtext("action") or "", *values(step).values())
    ]
    used = {found.upper() for text in texts for found in re.findall(r"[\w/-]+", text)}
    for _ in listed - used:
        yield "reference list: an entry that no enabled step uses"
    named = {
        value.upper()
        for step in root.iter("step", "subtasksequence")
        if _runs(step)
        for name, value in values(step).items()
        if PACKAGE_ID.fullmatch(value) and "Package" in name and value != NO_PACKAGE
    }
    for _ in named - listed:
        yield "reference list: a package of an enabled step is missing"


def _of_rows(parts: Mapping[str, bytes], name: str) -> Iterator[str]:
    """ReferencesInfo.xml has a row for each package of the References array, in the same order."""
    rows = parts.get(name.removesuffix("object.xml") + "ReferencesInfo.xml")
    if rows is None:
        return
    if not rows.startswith(b"\xef\xbb\xbf"):
        yield "ReferencesInfo.xml: no byte order mark"
    instance = parsed(parts[name])
    own = plain(instance, "PackageID")
    found = [parsed(row.text or "<x/>") for row in parsed(rows)]
    if any(plain(row, "PackageID") != own for row in found):
        yield "ReferencesInfo.xml: a row of another task sequence"
    listed = list(dict.fromkeys(package for package, kind in _references(instance) if kind == "0"))
    if list(dict.fromkeys(plain(row, "ReferencePackageID") for row in found)) != listed:
        yield "ReferencesInfo.xml: not the References array"


def _of_package(parts: Mapping[str, bytes]) -> Iterator[str]:
    """The rules of an Open Packaging Conventions package, and the sites' own about relationships."""
    base = next(name for name in parts if name.endswith("_rels/.rels")).removesuffix("_rels/.rels")
    types = parsed(parts[f"{base}[Content_Types].xml"])
    known = {one.get("Extension", "").lower() for one in types} | {one.get("PartName", "").lower() for one in types}
    for name in parts:
        short = name.lower().removeprefix(base.lower())
        if name.endswith("/") or short == "[content_types].xml":
            continue
        if short.rpartition(".")[2] not in known and f"/{short}" not in known:
            yield "package: a part without a content type"
    if len({name.lower() for name in parts}) != len(parts):
        yield "package: two parts of one name"
    entries = list(parsed(parts[f"{base}_rels/.rels"]))
    if len({one.get("Id") for one in entries}) != len(entries):
        yield "package: two relationships of one Id"
    names = {name.lower() for name in parts}
    targets = [(one.get("Target") or "").lstrip("/") for one in entries]
    for target in targets:
        if (base + target).lower() not in names:
            yield "package: a relationship to nothing"
    for name in object_names(parts):
        if name.removeprefix(base).lower() not in {target.lower() for target in targets}:
            yield "package: a task sequence without a relationship"
    for one, target in zip(entries, targets, strict=True):
        if target.startswith(CLASS_FOLDER):
            key = target.split("/")[1].encode()
            digest = hashlib.sha256(len(key).to_bytes(4, "little") + key).hexdigest().upper()
            if one.get("Id") != f"SMS_TaskSequencePackage-{digest}":
                yield "package: the hash of a relationship"
    manifest = parsed(parts[f"{base}Manifest.xml"])
    paths = [one.get("Path") or "" for one in manifest.iter("Object")]
    folders = {target.split("/")[1] for target in targets if target.startswith(CLASS_FOLDER)}
    listed = {path.split("'")[1] for path in paths if path.startswith("SMS_TaskSequencePackage.")}
    if folders != listed:
        yield "package: Manifest.xml and relationships differ"
