"""Telling task sequences from everything else by the first bytes."""

from __future__ import annotations

import codecs

import pytest

from tsfix.containers.sniff import looks_like_task_sequence

RAW = '<sequence version="3.10"><group name="x"/></sequence>'
MDT = '<?xml version="1.0"?>\r\n<sequence version="3.00" name="x" description="">'
TASK_SEQUENCES = {
    "raw": RAW.encode(),
    "raw, BOM": codecs.BOM_UTF8 + RAW.encode(),
    "raw, blank lines": b"\r\n\r\n  " + RAW.encode(),
    "raw, UTF-16 with BOM": codecs.BOM_UTF16_LE + RAW.encode("utf-16-le"),
    "raw, UTF-16 BE with BOM": codecs.BOM_UTF16_BE + RAW.encode("utf-16-be"),
    "raw, UTF-16 without BOM": RAW.encode("utf-16-le"),
    "raw, UTF-16 BE without BOM": RAW.encode("utf-16-be"),
    "raw, UTF-16 cut inside a character": RAW.encode("utf-16-le")[:-1],
    "escaped": RAW.replace("<", "&lt;").replace(">", "&gt;").encode(),
    "MDT": MDT.encode(),
    "MDT, other order": b"<?xml version='1.0'?><sequence name='x' version = '3.00'>",
    "comment before a second declaration": b"<!-- made with a tool -->" + MDT.encode(),
    "2007 package": b"<SmsTaskSequencePackage><BootImageID>ABC00001</BootImageID>",
    "object.xml": b'<INSTANCE CLASSNAME="SMS_TaskSequencePackage">\r\n',
    "object.xml, other quotes": b"<INSTANCE CLASSNAME='SMS_TaskSequencePackage'>",
    "broken bytes": b"<?xml version='1.0'?><!-- \xff\xfe\xff -->" + RAW.encode(),
}
OTHER = {
    "empty": b"",
    "script that holds a sequence": b"$xml = @'\n" + RAW.encode() + b"\n'@",
    "PowerShell that begins with a comment": b"<#\n" + RAW.encode() + b"\n#>",
    "HTML page about it": b"<!DOCTYPE html><html><pre>&lt;sequence version=&quot;3.10&quot;&gt;</pre>",
    "schema": b'<xs:schema><xs:sequence version="1"></xs:sequence></xs:schema>',
    "schema, default namespace": b"<schema><sequence><element/></sequence></schema>",
    "another object": b'<INSTANCE CLASSNAME="SMS_Package">',
    "references": b'<ArrayOfString><string>&lt;INSTANCE CLASSNAME="SMS_TaskSequenceReferencesInfo"&gt;</string>',
    "manifest": b"<LibraryDocument><Object Path=\"SMS_TaskSequencePackage.PackageID='ABC00012'\"/></LibraryDocument>",
    "other XML": b"<unattend/>",
    "zip": b"PK\x03\x04",
    "text": b"sequence version=3.10",
}


@pytest.mark.parametrize("data", TASK_SEQUENCES.values(), ids=TASK_SEQUENCES)
def test_task_sequences(data: bytes) -> None:
    assert looks_like_task_sequence(data)


@pytest.mark.parametrize("data", OTHER.values(), ids=OTHER)
def test_everything_else(data: bytes) -> None:
    assert not looks_like_task_sequence(data)
