"""Builds the typed facts of ``sign_facts.py`` from the parsed mapping of the compiled file."""

from __future__ import annotations

from tsfix.knowledge.build import Entry, version_id
from tsfix.knowledge.sign_facts import (
    Architecture,
    ClientInstallation,
    Guards,
    InstallationProperty,
    Installer,
    Limit,
    Secret,
    Signs,
)
from tsfix.values import RuleId


def signs(entry: Entry) -> Signs:
    """All signs, from the whole section."""
    return Signs(
        client_installation=_installation(entry["client_installation"]),
        client_installers=tuple(
            Installer(id=one["id"], pattern=one["pattern"], unless=one.get("unless", ""), what=one["what"])
            for one in entry["client_installers"]
        ),
        client_package_names=entry["client_packages"]["name_pattern"],
        guards=_guards(entry["guards"]),
        secrets=tuple(_secret(one) for one in entry["secrets"]),
        limits=tuple(
            Limit(id=one["id"], value=one.get("value"), since=version_id(one.get("since")), what=one["what"])
            for one in entry["limits"]
        ),
        architectures=tuple(
            Architecture(
                id=one["id"],
                name_pattern=one["name_pattern"],
                property_values=tuple(value.casefold() for value in one["property_values"]),
            )
            for one in entry["architectures"]
        ),
        network_access_variables=tuple(entry["network_access_account"]["variables"]),
        download_variables=tuple(entry["download_programs"]["variables"]),
        any_purpose_types=frozenset(entry["any_purpose"]["types"]),
    )


def _installation(entry: Entry) -> ClientInstallation:
    return ClientInstallation(
        variables=tuple(entry["variables"]),
        any_site=tuple(entry["any_site"]),
        properties=tuple(
            InstallationProperty(
                name=one["name"],
                kind=one["kind"],
                rule=RuleId(one["rule"]),
                severity=one["severity"],
                effect=one["effect"],
                site_key=one.get("site_key", ""),
            )
            for one in entry["properties"]
        ),
    )


def _guards(entry: Entry) -> Guards:
    return Guards(
        result_variables=tuple(entry["result_variables"]),
        passed=entry["passed"],
        failed=entry["failed"],
        step=entry["step"],
        enabled_by=entry["enabled_by"],
        minimum=entry["minimum"],
        wmi_class=entry["wmi_class"],
        wmi_property=entry["wmi_property"],
        wmi_namespace=entry["wmi_namespace"],
    )


def _secret(entry: Entry) -> Secret:
    when = entry.get("when")
    return Secret(
        types=tuple(entry["types"]),
        property=entry["property"],
        account=entry.get("account", ""),
        when=None if when is None else (when["property"], tuple(when["values"])),
        needs_element=entry.get("needs_element", False),
        what=entry["what"],
    )
