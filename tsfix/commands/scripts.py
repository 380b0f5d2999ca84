"""The commands below ``tsfix script``: each prints a PowerShell script and runs nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tsfix.commands.quick_options import QuickCommand

if TYPE_CHECKING:
    from tsfix.hierarchy import Hierarchy
    from tsfix.knowledge.base import KnowledgeBase
    from tsfix.scripts.options import Connection
    from tsfix.scripts.render import Options

scripts = typer.Typer(
    help=(
        "Print a script for Windows PowerShell 5.1 that an administrator reads and runs; tsfix itself never touches a "
        "site. Save it with: tsfix script inventory > inventory.ps1"
    ),
    no_args_is_help=True,
    rich_markup_mode=None,
)

SiteOption = Annotated[
    str | None,
    typer.Option("--site", metavar="CODE", help="The top-level site. The script asks without it.", show_default=False),
]
ServerOption = Annotated[
    str, typer.Option("--server", metavar="NAME", help="A server with the SMS Provider.", show_default=False)
]
HierarchyOption = Annotated[
    Path, typer.Option("--hierarchy", metavar="FILE", help="Your sites and packages.", show_default=False)
]
ToOption = Annotated[str, typer.Option("--to", metavar="SITE", help="The code of the older site.", show_default=False)]


@scripts.command(cls=QuickCommand, short_help="Collect sites and packages into a hierarchy file.")
def inventory(site: SiteOption = None, server: ServerOption = "") -> None:
    """Collect sites, packages, task sequences and deployments into a hierarchy file. Reads only."""
    from tsfix.scripts.options import InventoryOptions

    _print("inventory", InventoryOptions(connection=_connection(site, server)))


@scripts.command(name="inventory-rest", cls=QuickCommand, short_help="The same over HTTPS, without the console.")
def inventory_rest(site: SiteOption = None, server: ServerOption = "") -> None:
    """The same through the administration service, for a computer without the console."""
    from tsfix.scripts.options import InventoryOptions

    _print("inventory-rest", InventoryOptions(connection=_connection(site, server)))


@scripts.command(name="client-package", cls=QuickCommand, short_help="Make a package that holds an older client.")
def client_package(
    to: ToOption, hierarchy: HierarchyOption, site: SiteOption = None, server: ServerOption = ""
) -> None:
    """Make and distribute a custom package that holds the client of an older site."""
    from tsfix.configuration.targets import find_target
    from tsfix.use_cases.hand_over import client_package_options

    knowledge, known = _context(hierarchy)
    target = find_target(to, knowledge, known)
    _print("client-package", client_package_options(target, known, _connection(site, server)))


@scripts.command(cls=QuickCommand, short_help="Export task sequences, each to a file of its own.")
def export(
    name: Annotated[
        list[str] | None,
        typer.Option("--name", help="Only task sequences of this name (wildcards). Repeatable.", show_default=False),
    ] = None,
    site: SiteOption = None,
    server: ServerOption = "",
) -> None:
    """Export all task sequences of a hierarchy, or some, each to a file of its own."""
    from tsfix.scripts.options import ExportOptions

    _print("export", ExportOptions(names=tuple(name or ()), connection=_connection(site, server)))


@scripts.command(name="import", cls=QuickCommand, short_help="Import copies and compare what arrived.")
def import_copies(
    copies: Annotated[
        list[Path],
        typer.Argument(metavar="COPIES...", help="The folder with the copies, or single copies.", show_default=False),
    ],
    to: ToOption,
    hierarchy: HierarchyOption,
    site: SiteOption = None,
    server: ServerOption = "",
) -> None:
    """Import copies without overwriting anything, and compare what arrived with the files."""
    from tsfix.configuration.targets import find_target
    from tsfix.use_cases.hand_over import import_options

    knowledge, known = _context(hierarchy)
    target = find_target(to, knowledge, known)
    _print("import", import_options(copies, target, known, knowledge, _connection(site, server)))


def _context(path: Path) -> tuple[KnowledgeBase, Hierarchy]:
    from tsfix.configuration.hierarchy_file import read_hierarchy
    from tsfix.knowledge.load import load

    knowledge = load()
    return knowledge, read_hierarchy(path, knowledge)


def _connection(site: str | None, server: str) -> Connection:
    from tsfix.errors import UsageError
    from tsfix.scripts.options import Connection
    from tsfix.values import SiteCode, is_site_code

    if site is not None and not is_site_code(site):
        raise UsageError(f'--site: "{site}" is not a site code.', remedy="A site code is three letters or digits: CHQ.")
    return Connection(site=None if site is None else SiteCode(site.upper()), server=server)


def _print(name: str, options: Options) -> None:
    from tsfix.scripts.render import render

    typer.echo(render(name, options), nl=False)
