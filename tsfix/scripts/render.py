"""Turns options into the text of a script. Pure: the same options give the same script, and nothing is run."""

from __future__ import annotations

from typing import assert_never

from tsfix.scripts import checks
from tsfix.scripts.literals import Record, Value
from tsfix.scripts.options import (
    ClientPackageOptions,
    Connection,
    CopyFacts,
    ExportOptions,
    ImportOptions,
    InventoryOptions,
)
from tsfix.scripts.template import fill

Options = InventoryOptions | ClientPackageOptions | ExportOptions | ImportOptions


def render(name: str, options: Options) -> str:
    """The PowerShell script of that name (see ``SCRIPTS``) for these options: ASCII, with LF.

    Raises UsageError that lists everything in the options that cannot go into a script.
    """
    match options:
        case InventoryOptions():
            checks.refuse(name, checks.inventory_faults(options))
            return fill(f"{name}.ps1", _inventory(options))
        case ClientPackageOptions():
            checks.refuse(name, checks.client_package_faults(options))
            return fill(f"{name}.ps1", _client_package(options))
        case ExportOptions():
            checks.refuse(name, checks.export_faults(options))
            return fill(f"{name}.ps1", _export(options))
        case ImportOptions():
            checks.refuse(name, checks.import_faults(options))
            return fill(f"{name}.ps1", _import(options))
        case _:
            assert_never(options)


def _connection(connection: Connection) -> dict[str, Value]:
    return {"site_code": connection.site or "", "provider_server": connection.server}


def _inventory(options: InventoryOptions) -> dict[str, Value]:
    replacements = tuple(f"{item.site}:{item.old}={item.new}" for item in options.replacements)
    return {**_connection(options.connection), "replacements": replacements}


def _client_package(options: ClientPackageOptions) -> dict[str, Value]:
    build = f"build {options.target_build} " if options.target_build else ""
    return {
        **_connection(options.connection),
        "target_site": options.target_site,
        "target_build": options.target_build,
        "package_name": options.package_name or f"Configuration Manager client {build}for {options.target_site}",
        "client_source": options.client_source,
        "package_source": options.package_source,
        "distribution_points": options.distribution_points,
        "default_package": options.default_package or "",
    }


def _export(options: ExportOptions) -> dict[str, Value]:
    return {
        **_connection(options.connection),
        "folder": options.folder,
        "names": options.names,
        "package_ids": tuple(options.package_ids),
    }


def _import(options: ImportOptions) -> dict[str, Value]:
    return {
        **_connection(options.connection),
        "folder": options.folder,
        "site_build": options.site_build,
        "target_site": options.target_site or "",
        "target_build": options.target_build,
        "copies": tuple(_copy(copy) for copy in options.copies),
    }


def _copy(copy: CopyFacts) -> Record:
    return {
        "Name": copy.name,
        "PackageId": copy.package_id,
        "File": copy.file.replace("/", "\\"),
        "Hash": copy.sha256.upper(),
        "BootImage": copy.boot_image or "",
        "References": checks.references(copy),
        "TypeInAgain": copy.type_in_again,
    }
