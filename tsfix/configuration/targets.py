"""Turns what a person typed into a target and into package mappings."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from tsfix.errors import UnsupportedEditError, UsageError
from tsfix.hierarchy import Hierarchy
from tsfix.knowledge.base import KnowledgeBase
from tsfix.request import PackageMapping, Target
from tsfix.values import NO_PACKAGE, PackageId, is_package_id, is_site_code
from tsfix.xml_bytes.escaping import check_characters

NAME_FIELDS = ("name", "target", "version", "id")
"""What the template for the name of a copy may hold."""


def find_target(text: str, knowledge: KnowledgeBase, hierarchy: Hierarchy | None) -> Target:
    """The target that a version, a build or a site code names.

    Raises UsageError for an unknown version, and for a site code that no hierarchy file explains.
    """
    wanted = text.strip()
    if hierarchy is not None:
        site = hierarchy.site(wanted)
        if site is not None:
            return Target(version=knowledge.find_version(site.version), site=site.code)
    try:
        return Target(version=knowledge.find_version(wanted))
    except UsageError:
        if not is_site_code(wanted) or not any(char.isalpha() for char in wanted):
            raise
    if hierarchy is None:
        raise UsageError(
            f'"{wanted}" looks like a site code, but there is no hierarchy file that says which version the site has.',
            remedy="Give the file with --hierarchy, or name the site's version, such as --to 1706.",
        )
    sites = ", ".join(f"{site.code} ({site.version})" for site in hierarchy.sites) or "none"
    raise UsageError(
        f'The site "{wanted}" is not in the hierarchy file.', remedy=f"Its sites are: {sites}. Or name a version."
    )


def package_id(text: str, option: str) -> PackageId:
    """A package ID in upper case. Raises UsageError when the text is none, or the placeholder for no package."""
    wanted = text.strip()
    if wanted == NO_PACKAGE:
        raise UsageError(
            f'{option}: {NO_PACKAGE} stands for "no package" in a task sequence.',
            remedy="It is nothing that can be replaced or put in a place. Name a package.",
        )
    if not is_package_id(wanted):
        raise UsageError(
            f'{option}: "{text}" is not a package ID.',
            remedy="A package ID is the site code and five hexadecimal digits, such as LEG00042.",
        )
    return PackageId(wanted.upper())


def mappings(texts: Iterable[str], option: str, hierarchy: Hierarchy | None = None) -> tuple[PackageMapping, ...]:
    """Mappings from ``OLD=NEW`` texts. Raises UsageError for a wrong form, an ID mapped twice or to itself."""
    found: dict[PackageId, PackageMapping] = {}
    for text in texts:
        old_text, equals, new_text = text.partition("=")
        if not equals:
            raise UsageError(f'{option}: "{text}" has no "=".', remedy=f"Write {option} OLD=NEW.")
        old, new = package_id(old_text, option), package_id(new_text, option)
        if old == new:
            raise UsageError(f"{option}: {old} is mapped to itself.", remedy="Leave it out, or name another package.")
        if old in found and found[old].new != new:
            raise UsageError(
                f"{option}: {old} is mapped to both {found[old].new} and {new}.", remedy="Keep one of the two."
            )
        known = hierarchy.package(new) if hierarchy is not None else None
        found[old] = PackageMapping(old=old, new=new, new_name=known.name if known else "")
    return tuple(found.values())


def accepted_rules(texts: Iterable[str], knowledge: KnowledgeBase) -> frozenset[str]:
    """Rule IDs in their own case. Raises UsageError for one that does not exist."""
    known = {rule.id.upper(): rule.id for rule in knowledge.rules}
    found: set[str] = set()
    for text in texts:
        rule = known.get(text.strip().upper())
        if rule is None:
            near = get_close_matches(text.strip().upper(), known, n=3)
            hint = f"Did you mean {' or '.join(near)}? " if near else ""
            raise UsageError(
                f'--accept: there is no rule "{text}".',
                remedy=f"{hint}A report names the rules, such as {knowledge.rules[0].id}; tsfix list rules lists all.",
            )
        found.add(rule)
    return frozenset(found)


def name_template(text: str, fields: tuple[str, ...] = NAME_FIELDS) -> str:
    """The template for the name of a copy.

    Raises UsageError when it is empty, or has a field that does not exist or a character that no XML can hold.
    """
    from string import Formatter

    *first, last = (f"{{{field}}}" for field in fields)
    remedy = f'The fields are {", ".join(first)} and {last}. Example: --name "{{name}} (for {{{fields[1]}}})".'
    if not text.strip():
        raise UsageError("--name: the template is empty.", remedy=remedy)
    try:
        check_characters(text)
    except UnsupportedEditError as error:
        raise UsageError(f"--name: {error.message}", remedy=remedy) from error
    try:
        parts = [(field, spec, conversion) for _, field, spec, conversion in Formatter().parse(text)]
    except ValueError as error:
        raise UsageError(f'--name: "{text}" has a brace without its partner.', remedy=remedy) from error
    for field, spec, conversion in parts:
        if field is not None and (field not in fields or spec or conversion):
            raise UsageError(f'--name: "{text}" has the unknown field "{{{field}}}".', remedy=remedy)
    return text
