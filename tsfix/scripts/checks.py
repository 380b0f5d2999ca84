"""Checks what goes into a script before it is printed. The scripts check again; this is for an early, plain answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tsfix.errors import UsageError
from tsfix.scripts.options import (
    ClientPackageOptions,
    Connection,
    CopyFacts,
    ExportOptions,
    ImportOptions,
    InventoryOptions,
)
from tsfix.values import NO_PACKAGE, is_package_id, is_site_code

_APPLICATION = re.compile(r"ScopeId_[^'\"]{1,200}")
_SHA256 = re.compile(r"[0-9A-Fa-f]{64}")
_UNC = re.compile(r"\\\\[^\\]+\\[^\\]+.*", re.DOTALL)


def refuse(script: str, faults: Iterable[str]) -> None:
    """Raise UsageError that lists all faults, if there are any."""
    found = list(faults)
    if not found:
        return
    listed = "".join(f"\n  - {fault}" for fault in found)
    raise UsageError(
        f"The script {script} cannot be printed, for {len(found)} {'reason' if len(found) == 1 else 'reasons'}:{listed}\n",
        remedy="Correct what is named here and print the script again.",
    )


def inventory_faults(options: InventoryOptions) -> Iterator[str]:
    """What is wrong with the options of ``inventory`` and ``inventory-rest``."""
    yield from _connection_faults(options.connection)
    for replacement in options.replacements:
        yield from _site_faults("replacement", replacement.site)
        yield from _id_faults("replacement", replacement.old)
        yield from _id_faults("replacement", replacement.new)


def client_package_faults(options: ClientPackageOptions) -> Iterator[str]:
    """What is wrong with the options of ``client-package``."""
    yield from _connection_faults(options.connection)
    yield from _site_faults("the older site", options.target_site)
    if options.default_package is not None:
        yield from _id_faults("the default client package", options.default_package)
    yield from _unc_faults("the source folder of the package", options.package_source)


def export_faults(options: ExportOptions) -> Iterator[str]:
    """What is wrong with the options of ``export``."""
    yield from _connection_faults(options.connection)
    yield from _unc_faults("the folder", options.folder)
    for package_id in options.package_ids:
        yield from _id_faults("a task sequence", package_id)


def import_faults(options: ImportOptions) -> Iterator[str]:
    """What is wrong with the options of ``import``."""
    yield from _connection_faults(options.connection)
    yield from _unc_faults("the folder", options.folder)
    if options.target_site is not None:
        yield from _site_faults("the older site", options.target_site)
    if not options.copies:
        yield "there are no copies to import"
    seen: dict[str, str] = {}
    for copy in options.copies:
        yield from _copy_faults(copy)
        for key, what in (
            (copy.package_id.upper(), copy.package_id),
            (copy.name.casefold(), f'the name "{copy.name}"'),
        ):
            if key in seen:
                yield f"{what} stands twice: in {seen[key]} and in {copy.file}"
            seen[key] = copy.file


def _copy_faults(copy: CopyFacts) -> Iterator[str]:
    if not copy.name.strip():
        yield f"{copy.file}: a task sequence without a name"
    yield from _id_faults(copy.file, copy.package_id)
    if not copy.file.lower().endswith(".zip"):
        yield f"{copy.file}: the console imports only an export file (.zip); this task sequence must be imported by hand"
    if copy.sha256 and _SHA256.fullmatch(copy.sha256) is None:
        yield f'{copy.file}: "{copy.sha256}" is not a SHA-256'
    if copy.boot_image is not None:
        yield from _id_faults(f"{copy.file}, boot image", copy.boot_image)
    for reference in copy.references:
        if not is_package_id(reference) and _APPLICATION.fullmatch(reference) is None:
            yield f'{copy.file}: "{reference}" is neither a package ID nor an application'


def references(copy: CopyFacts) -> tuple[str, ...]:
    """What must exist at the site, each once, without the placeholder for "no package"."""
    wanted = (*copy.references, *((copy.boot_image,) if copy.boot_image else ()))
    return tuple(dict.fromkeys(reference for reference in wanted if reference != NO_PACKAGE))


def _connection_faults(connection: Connection) -> Iterator[str]:
    if connection.site is not None:
        yield from _site_faults("the top-level site", connection.site)
    if connection.server and re.fullmatch(r"[A-Za-z0-9.-]+", connection.server) is None:
        yield f'"{connection.server}" is not the name of a server'


def _site_faults(where: str, code: str) -> Iterator[str]:
    if not is_site_code(code):
        yield f'{where}: "{code}" is not a site code'


def _id_faults(where: str, package_id: str) -> Iterator[str]:
    if not is_package_id(package_id):
        yield f'{where}: "{package_id}" is not a package ID'


def _unc_faults(where: str, path: str) -> Iterator[str]:
    if path and _UNC.fullmatch(path) is None:
        yield f'{where}: "{path}" is not a network path (\\\\server\\share\\folder)'
