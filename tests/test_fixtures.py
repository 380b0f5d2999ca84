"""The fixtures are what the generator makes, keep the laws of a real export, and hold nothing of anybody else's."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import struct
import tomllib
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from lxml import etree
from msgspec import Struct

FIXTURES = Path(__file__).parents[1] / "fixtures"
NATIVE = (
    "Contoso Deploy Windows 11.zip",
    "Contoso Refresh Windows 10.zip",
    "Contoso Build and Capture 2012.zip",
)
CLASS = "SMS_TaskSequencePackage"

_CALL = "OSDSubTasksequence"
_ORDER = {
    "group": ("name", "description", "disable", "continueOnError"),
    "step": (
        *("type", "name", "description", "disable", "continueOnError", "timeout"),
        *("runIn", "successCodeList", "retryCount", "runFromNet"),
    ),
    "subtasksequence": ("type", "name", "description", "disable", "successCodeList", "retryCount", "runFromNet"),
    "variable": ("name", "property", "hidden"),
}
_PACKAGE_PROPERTIES = {
    *("PackageID", "ClientPackageID", "UsmtPackageID", "UsmtRestorePackageID", "ImagePackageID", "ConfigFilePackage"),
    *("DriverPackageID", "TsPackageID", "TsReferencePackages", "InstallPackageID"),
}
_APPLICATION_PROPERTIES = {"ApplicationName", "TsReferenceApplications"}


class Object(Struct, frozen=True, kw_only=True):
    """One task sequence of an export, read without any code of the generator or of the tool."""

    export: str
    key: str
    parts: dict[str, bytes]

    @property
    def raw(self) -> bytes:
        return self.parts[f"{CLASS}/{self.key}/object.xml"]

    @property
    def root(self) -> etree._Element:
        return etree.fromstring(self.raw)

    @property
    def sequence(self) -> etree._Element:
        return etree.fromstring(self.value("Sequence"))

    def value(self, name: str) -> str:
        return str(self.root.xpath("string(PROPERTY[@NAME=$name]/VALUE)", name=name))

    def reference_list(self) -> set[str]:
        return {
            str(row.get("package") or row.get("application"))
            for row in self.sequence.iterfind("referenceList/reference")
        }

    def references(self) -> list[str]:
        rows = self.root.iterfind("PROPERTY.OBJECTARRAY[@NAME='References']/VALUE.OBJECTARRAY/VALUE.OBJECT/INSTANCE")
        return [str(row.xpath("string(PROPERTY[@NAME='Package']/VALUE)")) for row in rows]

    def infos(self, part: str, name: str) -> list[str]:
        document = etree.fromstring(self.parts[f"{CLASS}/{self.key}/{part}"])
        instances = (etree.fromstring(row.text or "") for row in document.iterfind("string"))
        return [str(row.xpath("string(PROPERTY[@NAME=$name]/VALUE)", name=name)) for row in instances]


def _zip_parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def _exports() -> Iterator[tuple[str, dict[str, bytes]]]:
    for path in sorted((FIXTURES / "exports").glob("*.zip")):
        parts = _zip_parts(path.read_bytes())
        inner = [name for name in parts if name.endswith(".zip")]
        if inner:
            yield from ((f"{path.name}!{name}", _zip_parts(parts[name])) for name in inner)
        else:
            yield path.name, parts
    folder = FIXTURES / "exports" / "unpacked" / "Contoso Kiosk"
    files = (path for path in folder.rglob("*") if path.is_file())
    yield folder.name, {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


EXPORTS = dict(_exports())
OBJECTS = tuple(
    Object(export=export, key=name.split("/")[1], parts=parts)
    for export, parts in EXPORTS.items()
    for name in parts
    if name.startswith(f"{CLASS}/") and name.endswith("/object.xml")
)
each_object = pytest.mark.parametrize("found", OBJECTS, ids=lambda found: f"{found.export}-{found.key}")
each_export = pytest.mark.parametrize("export", EXPORTS)


def _property(step: etree._Element, name: str) -> str:
    return step.findtext(f"defaultVarList/variable[@property='{name}']") or ""


def _runs(step: etree._Element) -> bool:
    return not any(item.get("disable") == "true" for item in (step, *step.iterancestors("group")))


def _steps(sequence: etree._Element) -> list[etree._Element]:
    return list(sequence.iter("step", "subtasksequence"))


def _used(step: etree._Element) -> set[str]:
    rows = [(row.get("property"), row.text or "") for row in step.iterfind("defaultVarList/variable")]
    wanted = _PACKAGE_PROPERTIES | _APPLICATION_PROPERTIES
    return {item for name, text in rows if name in wanted for item in text.split(",") if item}


def test_committed_files_are_what_the_generator_makes() -> None:
    spec = importlib.util.spec_from_file_location("build_fixtures", FIXTURES / "build_fixtures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made = {name: hashlib.sha256(data).hexdigest() for name, data in module.files().items()}
    committed = {
        path.relative_to(FIXTURES).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in ("exports", "invalid")
        for path in (FIXTURES / folder).rglob("*")
        if path.is_file()
    }
    assert made == committed


@pytest.mark.parametrize("name", NATIVE)
def test_native_zip_has_the_form_of_a_console_export(name: str) -> None:
    data = (FIXTURES / "exports" / name).read_bytes()
    with zipfile.ZipFile(BytesIO(data)) as archive:
        entries = archive.infolist()
    expected = [(45, 10, 0, 0, 0, 0, b"", b"", struct.pack("<4H20x", 0xA220, 24, 0xA028, 20))] * len(entries)
    assert expected == [
        (
            *(entry.create_version, entry.extract_version, entry.create_system, entry.flag_bits, entry.compress_type),
            *(entry.external_attr, entry.extra, entry.comment, _local_extra(data, entry.header_offset)),
        )
        for entry in entries
    ]
    assert entries[-1].filename == "[Content_Types].xml"
    assert re.fullmatch(r"SMS_Package/\w+/object\.xml|.*/USERSTATE_MIGRATION_PACKAGE\.xml", entries[0].filename)


def _local_extra(data: bytes, offset: int) -> bytes:
    name, extra = struct.unpack_from("<2H", data, offset + 26)
    return data[offset + 30 + name : offset + 30 + name + extra]


def test_hand_made_zip_differs_from_a_console_export() -> None:
    with zipfile.ZipFile(FIXTURES / "exports" / "Contoso Kiosk (zipped by hand).zip") as archive:
        entries = archive.infolist()
    assert {0, 8} == {entry.compress_type for entry in entries}
    assert {36} == {len(entry.extra) for entry in entries}
    assert any(entry.is_dir() for entry in entries)
    assert EXPORTS["Contoso Kiosk"] == EXPORTS["Contoso Kiosk (zipped by hand).zip"]


@each_export
def test_small_parts_have_a_byte_order_mark_and_objects_have_none(export: str) -> None:
    parts = EXPORTS[export]
    assert {name: not name.endswith("/object.xml") for name in parts} == {
        name: data.startswith(b"\xef\xbb\xbf") for name, data in parts.items()
    }


@each_export
def test_every_line_break_is_crlf(export: str) -> None:
    assert [] == [name for name, data in EXPORTS[export].items() if data.count(b"\n") != data.count(b"\r\n")]


@each_export
def test_relationships_and_manifest_name_the_objects_in_the_same_order(export: str) -> None:
    parts = EXPORTS[export]
    rows = [row for row in etree.fromstring(parts["_rels/.rels"]) if row.get("TargetMode") == "External"]
    targets = [row.get("Target", "").lstrip("/") for row in rows]
    manifest = etree.fromstring(parts["Manifest.xml"])
    objects = [row.get("Path", "") for row in manifest.iterfind("EntryObjects/Object")]
    in_manifest = [target.split("/")[:2] for target in targets if not target.startswith("SMS_Program/")]
    assert sorted(name for name in parts if name.endswith("/object.xml")) == sorted(targets)
    assert [f"{kind}.PackageID='{key}'" for kind, key in in_manifest] == objects
    assert [_relationship_id(etree.fromstring(parts[target])) for target in targets] == [row.get("Id") for row in rows]


def _relationship_id(instance: etree._Element) -> str:
    keys = [
        prop.findtext("VALUE") or ""
        for prop in instance.iterfind("PROPERTY")
        if prop.find("QUALIFIER[@NAME='key']") is not None
    ]
    data = b"".join(struct.pack("<I", len(key.encode())) + key.encode() for key in keys)
    return f"{instance.get('CLASSNAME')}-{hashlib.sha256(data).hexdigest().upper()}"


@each_export
def test_package_content_is_in_the_manifest(export: str) -> None:
    parts = EXPORTS[export]
    manifest = etree.fromstring(parts["Manifest.xml"])
    ids = [row.get("UniqueId") for row in manifest.iterfind("Contents/Content")]
    assert ids == [etree.fromstring(data).text for name, data in parts.items() if name.endswith("/PACKAGE_CONTENT.xml")]


@each_object
def test_object_counts_and_sorts_its_properties(found: Object) -> None:
    names = [str(row.get("NAME")) for row in found.root if str(row.tag).startswith("PROPERTY")]
    own = [name for name in names if not name.startswith("__")]
    assert found.value("__PROPERTY_COUNT") == str(len(own))
    assert own == sorted(own, key=str.lower)
    assert {"PackageID": found.key, "__CLASS": CLASS} == {name: found.value(name) for name in ("PackageID", "__CLASS")}


@each_object
def test_object_uses_cdata_and_no_entities(found: Object) -> None:
    text = found.raw.decode()
    assert "&" not in re.sub(r"<!\[CDATA\[.*?\]\]>", "", text, flags=re.DOTALL)
    assert text.count("<![CDATA[<sequence version=") == 1
    assert text.endswith("</INSTANCE>")
    assert "/>" not in re.sub(r"<!\[CDATA\[.*?\]\]>", "", text, flags=re.DOTALL)


@each_object
def test_sequence_is_one_line_and_a_crlf(found: Object) -> None:
    section = re.search(rb"<!\[CDATA\[(<sequence.*?)\]\]>", found.raw, re.DOTALL)
    assert section is not None
    text = section[1]
    values = re.findall(rb">[^<]*\r\n[^<]*<", text)
    assert text.endswith(b"</sequence>\r\n") or text == b'<sequence version="3.10"/>\r\n'
    assert text.count(b"\r\n") == 1 + sum(value.count(b"\r\n") for value in values)
    assert not re.search(rb">\s+<", text)


@each_object
def test_reference_list_is_what_enabled_steps_use(found: Object) -> None:
    used = {item for step in _steps(found.sequence) if _runs(step) for item in _used(step)}
    assert used == found.reference_list()


@each_object
def test_object_references_are_sorted_and_in_the_info_files(found: Object) -> None:
    boot_image = found.value("BootImageID")
    expected = sorted(found.reference_list() | ({boot_image} if boot_image else set()))
    packages = [item for item in expected if not item.startswith("ScopeId_")]
    assert expected == found.references()
    assert packages == found.infos("ReferencesInfo.xml", "ReferencePackageID")
    assert expected[len(packages) :] == found.infos("AppReferencesInfo.xml", "RefAppModelName")
    assert {found.key} >= set(found.infos("ReferencesInfo.xml", "PackageID"))


@each_object
def test_calls_repeat_the_references_of_the_child(found: Object) -> None:
    siblings = {other.key: other for other in OBJECTS if other.export == found.export}
    for step in found.sequence.iter("subtasksequence"):
        child = siblings[_property(step, "TsPackageID")]
        lists = [_property(step, name) for name in ("TsReferencePackages", "TsReferenceApplications")]
        assert sorted(child.reference_list()) == [item for text in lists for item in text.split(",") if item]
        assert f"{child.key}, {child.value('Name')}" == _property(step, "TsName")


@each_object
def test_attributes_stand_in_the_order_of_the_grammar(found: Object) -> None:
    for element in found.sequence.iter(*_ORDER):
        names = [str(name) for name in element.attrib]
        assert [name for name in _ORDER[str(element.tag)] if name in names] == names
        assert "false" not in (element.get("disable"), element.get("continueOnError"))


@each_object
def test_variables_are_sorted_by_property(found: Object) -> None:
    for variables in found.sequence.iter("defaultVarList"):
        names = [str(row.get("property")) for row in variables]
        assert sorted(set(names)) == names


@each_object
def test_both_halves_of_a_step_agree(found: Object) -> None:
    disagree = [step.get("name") for step in _steps(found.sequence) if not _halves_agree(step)]
    assert disagree == []


def _halves_agree(step: etree._Element) -> bool:
    action = step.findtext("action") or ""
    values = {str(row.get("property")): row.text or "" for row in step.iterfind("defaultVarList/variable")}
    codes = values.get("SuccessCodes", step.get("successCodeList"))
    if codes != step.get("successCodeList"):
        return False
    match str(step.get("type")).removeprefix("SMS_TaskSequence_"):
        case "RunCommandLineAction":
            return action == f"smsswd.exe /run:{values.get('PackageID', '')} {values['CommandLine']}"
        case "SetVariableAction":
            hidden = values.get("DoNotShowVariableValue")
            flag = f" /hiddenflag:{hidden.capitalize()}" if hidden else ""
            return action == f'tsenv.exe "{values["VariableName"]}={values["VariableValue"]}"{flag}'
        case "RebootAction":
            return action == f"smsboot.exe /target:{values['Target']}"
        case "ApplyDriverPackageAction":
            return f"/install:{values['DriverPackageID']} " in action
        case "ApplyOperatingSystemAction":
            answers = values.get("ConfigFilePackage")
            return f"/image:{values['ImagePackageID']}," in action and ("/config:" in action) == bool(answers)
        case "InstallSoftwareAction":
            return f"/pkg:{values['PackageID']} " in action
        case "InstallApplicationAction":
            return f"/app:{values['ApplicationName']} " in action
        case "EnableBitLockerAction" if "EncryptMethod" in values:
            switches = (values["EncryptFullDisk"], values["EncryptMethod"], values["SkipWhenNoValidTPM"])
            full, method, ignore = (text.capitalize() for text in switches)
            return action.endswith(f" /full:{full} /crypt:{method} /ignoretpm:{ignore}")
        case _:
            return action.split(" ")[0].lower().endswith(".exe")


def test_main_example_is_large_enough_to_show_something() -> None:
    (parent,) = (found for found in OBJECTS if found.key == "CHQ00030")
    steps = _steps(parent.sequence)
    names = [step.get("name") for step in steps]
    assert parent.value("Name") == "Deploy Windows 11 – Zürich & Genève"
    assert len(steps) >= 35
    assert len(set(names)) < len(names)
    assert max(len(list(step.iterancestors("group"))) for step in steps) == 4
    assert {"CHQ00031", "CHQ00032"} == {
        _property(step, "TsPackageID") for step in parent.sequence.iter("subtasksequence")
    }
    assert "Packages\\CHQ00003\\" in parent.value("Sequence")


def test_every_faulty_file_has_its_phrases() -> None:
    folder = FIXTURES / "invalid"
    names = {path.name for path in folder.iterdir()}
    faulty = {name for name in names if not name.endswith(".errors.txt")}
    assert {f"{name}.errors.txt" for name in faulty} == names - faulty
    assert all((folder / f"{name}.errors.txt").read_text(encoding="utf-8").strip() for name in faulty)


def test_hierarchy_names_each_package_that_it_replaces() -> None:
    hierarchy = tomllib.loads((FIXTURES / "hierarchy" / "contoso.toml").read_text(encoding="utf-8"))
    named = {row["id"] for row in hierarchy["packages"]}
    replacements = [row for site in hierarchy["sites"] for row in site.get("replacements", ())]
    assert {"CHQ": "2309", "LEG": "1706", "NEW": "2309"} == {row["code"]: row["version"] for row in hierarchy["sites"]}
    assert {item for row in replacements for item in row.values()} <= named
    assert {"old": "CHQ00003", "new": "LEG00042"} in replacements


def test_fixtures_are_small() -> None:
    assert sum(path.stat().st_size for path in FIXTURES.rglob("*") if path.suffix != ".pyc") < 2_000_000


# What follows compares with real exports, where a person has some.

_LONGEST_CHANCE = 25
"""Texts up to this length may be the same by chance or by custom, such as ``Restart Computer``."""

_WRITTEN_BY_THE_PRODUCT = re.compile(
    r"""(object:)?[A-Za-z_]\w{,49} | SMS_TaskSequencePackage\.PackageID
    | http://(www\.w3\.org|purl\.org|schemas\.openxmlformats\.org)/.* | application/vnd\.openxmlformats-package\..*
    | Configuration\ Manager\ Client\ Package | Setup\ Windows\ and\ ConfigMgr
    | This\ package\ is\ automatically\ created\ and\ distributed\ so\ that\ client\ can\ upgrade\ itself\ .*
    | This\ (package|boot\ image)\ is\ created\ during\ setup\.
    | (osd\w+|smsnetuse|TSInstallSWUpdate)\.exe(\ .*)?
    | cscript\.exe\ "%SCRIPTROOT%\\(ZTI|LTI)\w+\.wsf"
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Names of properties and variables, action lines without content of their own, texts of the default packages."""


def _texts(data: bytes) -> set[str]:
    """All longer texts and attribute values, through every level of escaping."""
    text = data.decode("utf-8", "replace")
    for _ in range(3):
        text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
    pieces = {piece.strip() for piece in re.split(r'[<>]|="|"[ />?]|\r?\n', text)}
    return {piece for piece in pieces if len(piece) > _LONGEST_CHANCE}


def _all_files(folder: Path) -> Iterator[bytes]:
    for path in folder.rglob("*"):
        if path.suffix == ".zip":
            yield from _zip_members(path.read_bytes())
        elif path.suffix == ".xml":
            yield path.read_bytes()


def _zip_members(data: bytes) -> Iterator[bytes]:
    for name, member in _zip_parts(data).items():
        if name.endswith(".zip"):
            yield from _zip_members(member)
        else:
            yield member


@pytest.mark.skipif("TSFIX_CORPUS" not in os.environ, reason="needs real exports in TSFIX_CORPUS")
def test_nothing_is_taken_from_real_exports() -> None:
    ours = {text for data in _all_files(FIXTURES / "exports") for text in _texts(data)}
    theirs = {text for data in _all_files(Path(os.environ["TSFIX_CORPUS"])) for text in _texts(data)}
    assert set() == {text for text in ours & theirs if not _WRITTEN_BY_THE_PRODUCT.fullmatch(text)}
