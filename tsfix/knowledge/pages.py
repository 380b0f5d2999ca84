"""The reference pages of the knowledge base as Markdown: what is known, since when, how sure, and where from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tsfix.knowledge import step_pages, words
from tsfix.knowledge.base import KnowledgeBase
from tsfix.knowledge.other_facts import ConditionFact
from tsfix.knowledge.page_markup import MADE, code, plain, point_list, since, source_list, table


def pages(kb: KnowledgeBase) -> Mapping[str, str]:
    """The text of every page, by file name."""
    return {
        "index.md": MADE + _index(kb),
        "versions.md": MADE + _versions(kb),
        "by-version.md": MADE + step_pages.by_version(kb),
        "steps-by-version.md": MADE + step_pages.steps_by_version(kb),
        "steps.md": MADE + step_pages.steps(kb),
        "sequence.md": MADE + step_pages.whole_sequence(kb),
        "variables.md": MADE + _variables(kb),
        "conditions.md": MADE + _conditions(kb),
        "extensions.md": MADE + _extensions(kb),
        "rules.md": MADE + _rules(kb),
    }


def _index(kb: KnowledgeBase) -> str:
    features = sum(len(step.features) for step in kb.step_types()) + len(kb.sequence_features())
    return (
        "# What tsfix knows about Configuration Manager\n\n"
        f"{len(kb.versions)} versions, {len(kb.step_types())} step types, {features} settings and behaviours with a "
        f"history of their own, {len(kb.variables)} variables and {len(kb.rules)} rules. "
        "Every fact names its source.\n\n"
        "- [Versions](versions.md): builds, dates, and the ADK that each supports\n"
        "- [What came with each version](by-version.md)\n"
        "- [Steps by version](steps-by-version.md): the matrix\n"
        "- [Steps](steps.md): every step type with its settings\n"
        "- [The whole task sequence](sequence.md): attributes, conditions, the object, the export file\n"
        "- [Variables](variables.md)\n"
        "- [Conditions](conditions.md)\n"
        "- [Extensions](extensions.md) by other vendors\n"
        "- [Rules](rules.md)\n\n"
        "## How sure a fact is\n\n"
        "- **documented**: read on the page that is named as the source.\n"
        "- **inferred**: nobody wrote it down; the source says what it is taken from.\n"
        "- **not known**: nobody here knows. tsfix says so, and never calls it safe.\n\n"
        'A version such as "2103 or older, not in 2010" means: first seen in 2103, known to be missing in 2010. '
        "The days on which most sources were read are not recorded; where one was, it stands with the source.\n\n"
        "## For programs\n\n"
        "The whole table is one JSON file, `tsfix/knowledge/data/knowledge.json`, and "
        "[its schema](../schemas/knowledge.schema.json) is published. The files that people edit are the TOML files "
        "beside it; [each kind has a schema](../schemas.md). `tsfix list` and `tsfix explain` give the "
        "same facts with `--format json`.\n"
    )


def _versions(kb: KnowledgeBase) -> str:
    rows = (
        (
            code(version.id),
            plain(version.name),
            version.site_version,
            version.client_version,
            version.release_date or "not recorded",
            plain(version.end_of_support),
            code(str(version.min_update_from or "")),
        )
        for version in kb.versions
    )
    text = "# Versions\n\nOldest first. Hotfixes raise the last field of a version; tsfix ignores it.\n\n"
    text += table(("Version", "Name", "Site", "Client", "Released", "Support ends", "Update from"), rows)
    text += (
        "\n## ADK\n\nS: supported. B: should work, not tested by Microsoft. N: not supported. S?: by a script only.\n\n"
    )
    with_adk = [version for version in kb.versions if version.adk]
    builds = [(build.key, f"{build.name} (Windows PE {build.pe})") for build in kb.adk_builds]
    text += table(
        ("ADK", *(version.id for version in with_adk)),
        ((name, *(dict(version.adk).get(key, "") for version in with_adk)) for key, name in builds),
    )
    releases = ((f"Windows {one.windows}", one.release.upper(), str(one.build)) for one in kb.windows_releases)
    text += (
        "\n## Windows\n\nThe first build of each release. From public lists that repeat Microsoft's, which was not at "
        "hand. tsfix judges the Windows in an image by them.\n\n"
    )
    text += table(("Windows", "Release", "First build"), releases)
    lists = dict.fromkeys(one.source for one in kb.windows_releases)
    text += "\n" + "".join(f"- {source_list([source])}\n" for source in lists)
    notes = [(version.id, part) for version in kb.versions for part in (version.note, version.adk_note) if part]
    text += "\n## Notes\n\n" + point_list((key, plain(note)) for key, note in notes)
    sources = dict.fromkeys(source for version in kb.versions for source in version.sources)
    return text + "\n## Sources\n\n" + "".join(f"- {source_list([source])}\n" for source in sources)


def _variables(kb: KnowledgeBase) -> str:
    text = (
        "# Variables\n\n"
        'Variables that Configuration Manager itself knows. "On an older client" stands only where the difference '
        "matters; the severity there is our judgement.\n\n"
    )
    rows = (
        (
            code(variable.name),
            variable.kind,
            plain(", ".join(variable.applies_to)) or "whole task sequence",
            words.since(variable.introduced),
            words.HOW_SURE[variable.confidence],
            ""
            if variable.on_older is None
            else plain(
                f"{variable.on_older.severity}: {variable.on_older.effect}"
                + (f"; {variable.on_older.note}" if variable.on_older.note else "")
            ),
            plain("; ".join(part for part in (variable.why, variable.note) if part)),
            source_list((variable.source,)),
        )
        for variable in kb.variables
    )
    columns = ("Variable", "Kind", "Belongs to", "Since", "How sure", "On an older client", "Note", "Source")
    text += table(columns, rows)
    changes = ((plain(one.what), plain(one.before), plain(one.now), one.version) for one in kb.limits_changed)
    return text + "\n## Changed limits\n\n" + table(("What", "Before", "Now", "From"), changes)


def _conditions(kb: KnowledgeBase) -> str:
    text = "# Conditions\n\nThe expressions that a condition can hold.\n"
    passed = (code(operator) for operator, passes in kb.without_value.items() if passes)
    failed = (code(operator) for operator, passes in kb.without_value.items() if not passes)
    text += (
        "\n## A variable that does not exist\n\nInferred, no source says it. "
        f"These tests pass: {', '.join(passed)}. These fail: {', '.join(failed)}. Of the others nobody knows.\n"
    )
    for fact in kb.conditions:
        text += f"\n## {plain(fact.label)}\n\n" + point_list(_condition_points(fact))
    return text


def _condition_points(fact: ConditionFact) -> Iterator[tuple[str, str]]:
    yield "Type", ", ".join(code(one) for one in (fact.type, *fact.more_types))
    yield "Since", since(fact.introduced, fact.confidence)
    for name, text in fact.properties:
        yield f"Property {code(name)}", plain(text)
    for one in fact.operators:
        yield f"Operator {code(one.name)}", f"since {words.since(one.introduced)}"
    yield "On an older client", plain(fact.older_client)
    yield "Rewrite", plain("; ".join(fact.rewrite))
    yield "Note", plain(fact.note)
    yield "Sources", plain("; ".join(fact.sources))


def _extensions(kb: KnowledgeBase) -> str:
    text = (
        "# Extensions\n\n"
        "Products that add steps to task sequences or that task sequences call. Evidence: seen (in a real export), "
        "vendor (its documentation), general (well known, no file seen).\n"
    )
    for vendor in kb.vendors:
        text += f"\n## {plain(vendor.vendor)}: {plain(vendor.product)}\n\n" + point_list(
            (
                ("Evidence", vendor.evidence),
                ("Step types", ", ".join(code(one) for one in vendor.step_types)),
                ("Programs", ", ".join(code(one) for one in vendor.programs)),
                ("Variables", ", ".join(code(one) for one in vendor.marks)),
                ("Note", plain(vendor.note)),
                ("Sources", plain("; ".join(vendor.sources))),
            )
        )
    return text


def _rules(kb: KnowledgeBase) -> str:
    text = (
        "# Rules\n\n"
        'Rules about hierarchies whose sites run different versions. "Needs" tells what decides: the export alone, '
        "facts about the sites (inventory), or nothing that a file shows (advice).\n"
    )
    for rule in kb.rules:
        text += f"\n## {rule.id}: {plain(rule.title)}\n\n{plain(rule.reason)}\n\n{plain(rule.remedy)}\n\n" + point_list(
            (
                ("Severity", rule.severity),
                ("Needs", rule.needs),
                ("Sources", source_list((rule.source, *rule.more_sources))),
            )
        )
    return text
