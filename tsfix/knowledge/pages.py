"""The reference pages of the knowledge base as Markdown: what is known, since when, how sure, and where from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from tsfix.knowledge import words
from tsfix.knowledge.base import KnowledgeBase
from tsfix.knowledge.facts import Confidence, Feature, Introduced, Source, StepFact, Version
from tsfix.knowledge.other_facts import ConditionFact

MADE = "<!-- Made by: python -m tsfix.knowledge.publish. Change the files in tsfix/knowledge/data instead. -->\n\n"


def pages(kb: KnowledgeBase) -> Mapping[str, str]:
    """The text of every page, by file name."""
    return {
        "index.md": MADE + _index(kb),
        "versions.md": MADE + _versions(kb),
        "by-version.md": MADE + _by_version(kb),
        "steps-by-version.md": MADE + _matrix(kb),
        "steps.md": MADE + _steps(kb),
        "sequence.md": MADE + _sequence(kb),
        "variables.md": MADE + _variables(kb),
        "conditions.md": MADE + _conditions(kb),
        "extensions.md": MADE + _extensions(kb),
        "rules.md": MADE + _rules(kb),
    }


def _text(value: str) -> str:
    """Plain text that Markdown shows as it is."""
    for mark in ("|", "*", "<"):
        value = value.replace(mark, f"\\{mark}")
    return value.replace("\n", " ")


def _code(value: str) -> str:
    if not value:
        return ""
    fence = "``" if "`" in value else "`"
    return f"{fence}{value.replace('|', chr(92) + '|')}{fence}"


def _table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    columns = list(columns)
    lines = [columns, ["---"] * len(columns), *(list(row) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _points(points: Iterable[tuple[str, str]]) -> str:
    return "".join(f"- **{label}**: {text}\n" for label, text in points if text)


def _sources(sources: Iterable[Source]) -> str:
    shown = []
    for source in sources:
        text = _text(words.source(source))
        shown.append(f"[{text}]({source.url})" if source.url else text)
    return "; ".join(shown)


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
            _code(version.id),
            _text(version.name),
            version.site_version,
            version.client_version,
            version.release_date or "not recorded",
            _text(version.end_of_support),
            _code(str(version.min_update_from or "")),
        )
        for version in kb.versions
    )
    text = "# Versions\n\nOldest first. Hotfixes raise the last field of a version; tsfix ignores it.\n\n"
    text += _table(("Version", "Name", "Site", "Client", "Released", "Support ends", "Update from"), rows)
    text += (
        "\n## ADK\n\nS: supported. B: should work, not tested by Microsoft. N: not supported. S?: by a script only.\n\n"
    )
    with_adk = [version for version in kb.versions if version.adk]
    builds = [(build.key, f"{build.name} (Windows PE {build.pe})") for build in kb.adk_builds]
    text += _table(
        ("ADK", *(version.id for version in with_adk)),
        ((name, *(dict(version.adk).get(key, "") for version in with_adk)) for key, name in builds),
    )
    notes = [(version.id, part) for version in kb.versions for part in (version.note, version.adk_note) if part]
    text += "\n## Notes\n\n" + _points((key, _text(note)) for key, note in notes)
    sources = dict.fromkeys(source for version in kb.versions for source in version.sources)
    return text + "\n## Sources\n\n" + "".join(f"- {_sources([source])}\n" for source in sources)


def _by_version(kb: KnowledgeBase) -> str:
    text = "# What came with each version\n\nNewest first. "
    text += "What is only known to be no newer than a version stands with it too.\n"
    for version in reversed(kb.versions):
        points = list(_news(kb, version))
        if points:
            text += f"\n## {version.id}\n\n" + _points(points)
    return text


def _news(kb: KnowledgeBase, version: Version) -> Iterator[tuple[str, str]]:
    for step in kb.step_types():
        if step.introduced.version == version.id:
            yield "Step", f"{_text(step.name)} ({_code(step.type)})"
        if step.removed == version.id:
            yield "Support ended", _text(step.name)
    for step in kb.step_types():
        for feature in step.features:
            if feature.introduced.version == version.id:
                yield _text(step.name), f"{_code(feature.id)}, {_text(feature.detect)}"
    for feature in kb.sequence_features():
        if feature.introduced.version == version.id:
            yield "Task sequence", f"{_code(feature.id)}, {_text(feature.detect)}"
    variables = [one for one in kb.variables if one.introduced.version == version.id]
    if variables:
        yield "Variables", ", ".join(_code(variable.name) for variable in variables)
    for change in kb.limits_changed:
        if change.version == version.id:
            yield "Changed", f"{_text(change.what)}: {_text(change.before)} before, {_text(change.now)} now"


def _matrix(kb: KnowledgeBase) -> str:
    steps = [
        step
        for step in sorted(kb.step_types(), key=_order)
        if step.provider == "microsoft" and step.introduced.version is not None
    ]
    used = {step.introduced.version for step in steps} | {step.removed for step in steps}
    columns = [version for version in kb.versions if version.id in used]
    rows = (
        (
            _text(step.name),
            _code(step.type),
            words.since(step.introduced),
            *(_mark(kb, step, version) for version in columns),
        )
        for step in steps
    )
    return (
        "# Steps by version\n\n"
        "Only versions that changed the set of steps have a column; all versions up to the next column are alike. "
        "Steps of the Microsoft Deployment Toolkit do not depend on the version of the site and are left out.\n\n"
        + _table(("Step", "Type", "Since", *(version.id for version in columns)), rows)
    )


def _mark(kb: KnowledgeBase, step: StepFact, version: Version) -> str:
    if kb.step_age(step, version).newer:
        return "no"
    return "no support" if kb.removed(step, version) else "yes"


def _steps(kb: KnowledgeBase) -> str:
    text = "# Steps\n\nThose of Configuration Manager first, then those of the Microsoft Deployment Toolkit.\n"
    for step in sorted(kb.step_types(), key=_order):
        text += f"\n## {_text(step.name)}\n\n" + _points(_step_points(step))
        if step.base_properties:
            known = (f"{_code(name)} ({_code(variable)})" for name, variable in step.base_properties)
            text += f"\nSettings as old as the step, with their variables: {', '.join(known)}.\n"
        if step.action_history:
            text += "\nAction line:\n\n"
            text += _table(
                ("From", "Form", "Note"),
                ((form.introduced, _code(form.template), _text(form.note)) for form in step.action_history),
            )
        for feature in step.features:
            text += _feature(feature, "###")
    return text


def _order(step: StepFact) -> tuple[bool, str]:
    return step.provider != "microsoft", step.name


def _since(introduced: Introduced, confidence: Confidence) -> str:
    if introduced.version is None:
        return words.since(introduced)
    return f"{words.since(introduced)} ({words.HOW_SURE[confidence]})"


def _step_points(step: StepFact) -> Iterator[tuple[str, str]]:
    yield "Type", _code(step.type)
    yield "Since", _since(step.introduced, step.confidence)
    yield "Deprecated", str(step.deprecated or "")
    yield "Support ended", str(step.removed or "")
    yield "What it is", _text(step.note)
    yield "Runs in", _text(step.run_in)
    yield "Cmdlet", _text(step.cmdlet)
    references = (f"{_code(one.property)} ({one.kind})" for one in step.references)
    yield "References", ", ".join(references)
    yield "What tsfix does for an older target", _text(words.step_measure(step))
    yield "By hand", _text(step.downlevel.text)
    deprecation = () if step.deprecation_source is None else (step.deprecation_source,)
    yield "Sources", _sources((step.source, *deprecation))
    yield "Seen in", _text("; ".join(step.xml_seen))


def _feature(feature: Feature, heading: str) -> str:
    return f"\n{heading} {feature.id}\n\n" + _points(
        (
            ("In use when", _text(feature.detect)),
            ("Since", _since(feature.introduced, feature.confidence)),
            ("Setting and variable", ", ".join(_code(one) for one in (feature.property, feature.variable) if one)),
            ("Not in use at", ", ".join(_code(one) or "an empty value" for one in feature.neutral)),
            ("On an older client", _text(feature.effect_on_older)),
            ("Severity", words.SEVERITY[feature.severity]),
            ("What tsfix does", _text(words.feature_measure(feature))),
            ("By hand", _text(feature.downlevel.text)),
            *((f"From {change.version}", _text(change.what)) for change in feature.changes),
            ("Note", _text(feature.note)),
            ("Source", _sources((feature.source,))),
            ("Seen in", _text("; ".join(feature.xml_seen))),
        )
    )


def _sequence(kb: KnowledgeBase) -> str:
    text = "# The whole task sequence\n\nAttributes, conditions, the object around the sequence, the export file.\n"
    scope = ""
    for feature in kb.sequence_features():
        if feature.scope != scope:
            scope = feature.scope
            text += f"\n## Scope: {scope}\n"
        text += _feature(feature, "###")
    return text


def _variables(kb: KnowledgeBase) -> str:
    text = (
        "# Variables\n\n"
        'Variables that Configuration Manager itself knows. "On an older client" stands only where the difference '
        "matters; the severity there is our judgement.\n\n"
    )
    rows = (
        (
            _code(variable.name),
            variable.kind,
            _text(", ".join(variable.applies_to)) or "whole task sequence",
            words.since(variable.introduced),
            words.HOW_SURE[variable.confidence],
            ""
            if variable.on_older is None
            else _text(
                f"{variable.on_older.severity}: {variable.on_older.effect}"
                + (f"; {variable.on_older.note}" if variable.on_older.note else "")
            ),
            _text("; ".join(part for part in (variable.why, variable.note) if part)),
            _sources((variable.source,)),
        )
        for variable in kb.variables
    )
    columns = ("Variable", "Kind", "Belongs to", "Since", "How sure", "On an older client", "Note", "Source")
    text += _table(columns, rows)
    changes = ((_text(one.what), _text(one.before), _text(one.now), one.version) for one in kb.limits_changed)
    return text + "\n## Changed limits\n\n" + _table(("What", "Before", "Now", "From"), changes)


def _conditions(kb: KnowledgeBase) -> str:
    text = "# Conditions\n\nThe expressions that a condition can hold.\n"
    for fact in kb.conditions:
        text += f"\n## {_text(fact.label)}\n\n" + _points(_condition_points(fact))
    return text


def _condition_points(fact: ConditionFact) -> Iterator[tuple[str, str]]:
    yield "Type", ", ".join(_code(one) for one in (fact.type, *fact.more_types))
    yield "Since", _since(fact.introduced, fact.confidence)
    for name, text in fact.properties:
        yield f"Property {_code(name)}", _text(text)
    for one in fact.operators:
        yield f"Operator {_code(one.name)}", f"since {words.since(one.introduced)}"
    yield "On an older client", _text(fact.older_client)
    yield "Rewrite", _text("; ".join(fact.rewrite))
    yield "Note", _text(fact.note)
    yield "Sources", _text("; ".join(fact.sources))


def _extensions(kb: KnowledgeBase) -> str:
    text = (
        "# Extensions\n\n"
        "Products that add steps to task sequences or that task sequences call. Evidence: seen (in a real export), "
        "vendor (its documentation), general (well known, no file seen).\n"
    )
    for vendor in kb.vendors:
        text += f"\n## {_text(vendor.vendor)}: {_text(vendor.product)}\n\n" + _points(
            (
                ("Evidence", vendor.evidence),
                ("Step types", ", ".join(_code(one) for one in vendor.step_types)),
                ("Programs", ", ".join(_code(one) for one in vendor.programs)),
                ("Variables", ", ".join(_code(one) for one in vendor.marks)),
                ("Note", _text(vendor.note)),
                ("Sources", _text("; ".join(vendor.sources))),
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
        text += f"\n## {rule.id}: {_text(rule.title)}\n\n{_text(rule.reason)}\n\n{_text(rule.remedy)}\n\n" + _points(
            (
                ("Severity", rule.severity),
                ("Needs", rule.needs),
                ("Sources", _sources((rule.source, *rule.more_sources))),
            )
        )
    return text
