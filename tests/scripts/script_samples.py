"""The options that the tests print scripts with: the golden ones, and ones made to break a script."""

from __future__ import annotations

from collections.abc import Mapping

from tsfix.scripts.options import (
    ClientPackageOptions,
    Connection,
    CopyFacts,
    ExportOptions,
    ImportOptions,
    InventoryOptions,
    SiteReplacement,
)
from tsfix.scripts.render import Options
from tsfix.values import PackageId, SiteCode

CHQ = Connection(site=SiteCode("CHQ"), server="cm-chq.contoso.example")

GOLDEN: Mapping[str, Options] = {
    "inventory": InventoryOptions(
        connection=CHQ,
        replacements=(SiteReplacement(site=SiteCode("LEG"), old=PackageId("CHQ00001"), new=PackageId("LEG00043")),),
    ),
    "inventory-rest": InventoryOptions(connection=CHQ),
    "client-package": ClientPackageOptions(
        connection=CHQ,
        target_site=SiteCode("LEG"),
        target_build=8540,
        package_name="ConfigMgr client 1706 (LEG)",
        client_source=r"\\cm-leg.contoso.example\SMS_LEG\Client",
        package_source=r"\\files.contoso.example\sources\ConfigMgr client 1706",
        default_package=PackageId("CHQ00003"),
    ),
    "export": ExportOptions(connection=CHQ, folder=r"\\files.contoso.example\exports"),
    "import": ImportOptions(
        connection=CHQ,
        site_build=9122,
        target_site=SiteCode("LEG"),
        target_build=8540,
        folder=r"\\files.contoso.example\copies",
        copies=(
            CopyFacts(
                name="Deploy Windows 11 (for LEG)",
                package_id=PackageId("LEG00A01"),
                file="Contoso Deploy Windows 11.zip",
                sha256="0f" * 32,
                references=("LEG00042", "LEG00043", "CHQ00012", "CHQ00014", "LEG00A02"),
                boot_image=PackageId("LEG00044"),
                type_in_again=("Set up > Join domain: the password of CONTOSO\\osd-join",),
            ),
            CopyFacts(
                name="Install apps – Zürich (for LEG)",
                package_id=PackageId("LEG00A02"),
                file="Contoso Deploy Windows 11.zip",
                sha256="0f" * 32,
                references=(
                    "ScopeId_00000000-0000-4000-8000-00000000C075/Application_00000000-0000-4000-8000-000000000017",
                ),
            ),
        ),
    ),
}

DEFAULTS: Mapping[str, Options] = {
    "inventory": InventoryOptions(),
    "inventory-rest": InventoryOptions(),
    "client-package": ClientPackageOptions(target_site=SiteCode("LEG")),
    "export": ExportOptions(),
    "import": ImportOptions(copies=(CopyFacts(name="Deploy", package_id=PackageId("LEG00A01"), file="Deploy.zip"),)),
}

HOSTILE = (
    "'; Remove-Item -Recurse C:\\ ; '",
    "''",
    "a ‘curly’ ‚low‛ pair",
    '"double" “curly” „low“',
    "$(Get-Date) ${env:PATH} $PSVersionTable",
    "`backtick`n `$x",
    "[brackets] * ? {0} %TEMP%",
    "@'\nhere\n'@",
    "line one\r\nline two\ttabbed\x00null\x1b[31m",
    "– — ― dashes that act like -",
    "\u202eright to left\u202c \u200f\u2066\u2069",
    "😀 \ud83d lone half",
    "<# comment #> # rest",
    "'@copies@' #@ parts/values.ps1 @#",
    "-WhatIf:$false",
    "x' + [char]0x41 + 'y",
    "Zürich 東京",
)


def hostile(value: str) -> dict[str, Options]:
    """Every script with the text in every place where a text may stand."""
    path = rf"\\files\share\{value}"
    return {
        "client-package": ClientPackageOptions(
            target_site=SiteCode("LEG"),
            package_name=value,
            client_source=value,
            package_source=path,
            distribution_points=(value, f"{value}2"),
        ),
        "export": ExportOptions(folder=path, names=(value, f"{value}2")),
        "import": ImportOptions(
            folder=path,
            copies=(
                CopyFacts(
                    name=value or "-",
                    package_id=PackageId("LEG00A01"),
                    file=f"{value}.zip",
                    type_in_again=(value, f"{value}2"),
                ),
            ),
        ),
    }
