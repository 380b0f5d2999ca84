"""A replaced package leaves the tables of contents of an export line by line, and nothing else of them changes."""

from __future__ import annotations

import pytest

from tests.made import Known, Package, osd_steps, parts, read_parts, request, rewritten, sequence, steps
from tests.rewrites.test_rewrite_copy_identity import ids

TOOLS, VPN = (
    Package(
        known=Known(id=package, name=name),
        values=(("PkgSourcePath", rf"\\chq-fs01.contoso.example\src\{package}"),),
        programs=(("Install", "a.cmd"),),
    )
    for package, name in (("CHQ00018", "Tools"), ("CHQ00019", "Woodgrove VPN client"))
)
WANTED = request("1706", client="LEG00042", maps={"CHQ00018": "LEG00018", "CHQ00019": "LEG00019"})


def two_packages() -> dict[str, bytes]:
    items = (
        osd_steps.setup_windows("Client", "CHQ00003", ""),
        steps.install_package("Tools", "CHQ00018", "Install"),
        steps.install_package("VPN", "CHQ00019", "Install"),
    )
    return parts(sequence("CHQ00050", "TS", *items), packages=(TOOLS, VPN))


@pytest.mark.parametrize("missing", ["", "CHQ00018", "CHQ00019"])
def test_the_manifest_loses_the_lines_of_the_replaced_packages(missing: str) -> None:
    """The content of a package is known by a GUID in a part of its own; without that part its line stays."""
    content = two_packages()
    if missing:
        del content[f"SMS_Package/{missing}/PACKAGE_CONTENT.xml"]
    done = rewritten(read_parts(content), WANTED)
    before, after = (found["Manifest.xml"].decode("utf-8") for found in (content, done.copy.parts.parts))
    names = {"CHQ00018": "Tools", "CHQ00019": "Woodgrove VPN client"}
    gone = [f"SMS_Package.PackageID='{package}'" for package in names]
    gone += [f'Description="{name}"' for package, name in names.items() if package != missing]
    lines = [line for line in before.splitlines(keepends=True) if not any(text in line for text in gone)]
    assert len(gone) == len(before.splitlines()) - len(lines)
    assert "".join(lines).replace("CHQ00050", ids(done)["CHQ00050"]) == after


def test_an_entry_of_the_manifest_without_a_key_stays() -> None:
    content = two_packages()
    entry = b'<Object Path="SMS_Package" Type="SMS_Package"/>'
    content["Manifest.xml"] = content["Manifest.xml"].replace(b"</EntryObjects>", entry + b"</EntryObjects>")
    assert 1 == rewritten(read_parts(content), WANTED).copy.parts.parts["Manifest.xml"].count(entry)
