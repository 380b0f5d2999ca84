"""The reference pages about step types and features: by version, by step, and those of the whole task sequence."""

from __future__ import annotations

from collections.abc import Iterator

from tsfix.knowledge import words
from tsfix.knowledge.base import KnowledgeBase
from tsfix.knowledge.facts import Feature, StepFact, Version
from tsfix.knowledge.page_markup import code, plain, point_list, since, source_list, table


def by_version(kb: KnowledgeBase) -> str:
    """What came with each version."""
    text = "# What came with each version\n\nNewest first. "
    text += "What is only known to be no newer than a version stands with it too.\n"
    for version in reversed(kb.versions):
        points = list(_news(kb, version))
        if points:
            text += f"\n## {version.id}\n\n" + point_list(points)
    return text


def _news(kb: KnowledgeBase, version: Version) -> Iterator[tuple[str, str]]:
    for step in kb.step_types():
        if step.introduced.version == version.id:
            yield "Step", f"{plain(step.name)} ({code(step.type)})"
        if step.removed == version.id:
            yield "Support ended", plain(step.name)
    for step in kb.step_types():
        for feature in step.features:
            if feature.introduced.version == version.id:
                yield plain(step.name), f"{code(feature.id)}, {plain(feature.detect)}"
    for feature in kb.sequence_features():
        if feature.introduced.version == version.id:
            yield "Task sequence", f"{code(feature.id)}, {plain(feature.detect)}"
    variables = [one for one in kb.variables if one.introduced.version == version.id]
    if variables:
        yield "Variables", ", ".join(code(variable.name) for variable in variables)
    for change in kb.limits_changed:
        if change.version == version.id:
            yield "Changed", f"{plain(change.what)}: {plain(change.before)} before, {plain(change.now)} now"


def steps_by_version(kb: KnowledgeBase) -> str:
    """Which version has which step, as a matrix."""
    steps = [
        step
        for step in sorted(kb.step_types(), key=_order)
        if step.provider == "microsoft" and step.introduced.version is not None
    ]
    used = {step.introduced.version for step in steps} | {step.removed for step in steps}
    columns = [version for version in kb.versions if version.id in used]
    rows = (
        (
            plain(step.name),
            code(step.type),
            words.since(step.introduced),
            *(_mark(kb, step, version) for version in columns),
        )
        for step in steps
    )
    return (
        "# Steps by version\n\n"
        "Only versions that changed the set of steps have a column; all versions up to the next column are alike. "
        "Steps of the Microsoft Deployment Toolkit do not depend on the version of the site and are left out.\n\n"
        + table(("Step", "Type", "Since", *(version.id for version in columns)), rows)
    )


def _mark(kb: KnowledgeBase, step: StepFact, version: Version) -> str:
    if kb.step_age(step, version).newer:
        return "no"
    return "no support" if kb.removed(step, version) else "yes"


def steps(kb: KnowledgeBase) -> str:
    """Every step type with its settings."""
    text = "# Steps\n\nThose of Configuration Manager first, then those of the Microsoft Deployment Toolkit.\n"
    for step in sorted(kb.step_types(), key=_order):
        text += f"\n## {plain(step.name)}\n\n" + point_list(_step_points(step))
        if step.base_properties:
            known = (f"{code(name)} ({code(variable)})" for name, variable in step.base_properties)
            text += f"\nSettings as old as the step, with their variables: {', '.join(known)}.\n"
        if step.action_history:
            text += "\nAction line:\n\n"
            text += table(
                ("From", "Form", "Note"),
                ((form.introduced, code(form.template), plain(form.note)) for form in step.action_history),
            )
        for feature in step.features:
            text += _feature(feature, "###")
    return text


def _order(step: StepFact) -> tuple[bool, str]:
    return step.provider != "microsoft", step.name


def _step_points(step: StepFact) -> Iterator[tuple[str, str]]:
    yield "Type", code(step.type)
    yield "Since", since(step.introduced, step.confidence)
    yield "Deprecated", str(step.deprecated or "")
    yield "Support ended", str(step.removed or "")
    yield "What it is", plain(step.note)
    yield "Runs in", plain(step.run_in)
    yield "Cmdlet", plain(step.cmdlet)
    references = (f"{code(one.property)} ({one.kind})" for one in step.references)
    yield "References", ", ".join(references)
    yield "What tsfix does for an older target", plain(words.step_measure(step))
    yield "By hand", plain(step.downlevel.text)
    deprecation = () if step.deprecation_source is None else (step.deprecation_source,)
    yield "Sources", source_list((step.source, *deprecation))
    yield "Seen in", plain("; ".join(step.xml_seen))


def _feature(feature: Feature, heading: str) -> str:
    return f"\n{heading} {feature.id}\n\n" + point_list(
        (
            ("In use when", plain(feature.detect)),
            ("Since", since(feature.introduced, feature.confidence)),
            ("Setting and variable", ", ".join(code(one) for one in (feature.property, feature.variable) if one)),
            ("Not in use at", ", ".join(code(one) or "an empty value" for one in feature.neutral)),
            ("On an older client", plain(feature.effect_on_older)),
            ("Severity", words.SEVERITY[feature.severity]),
            ("What tsfix does", plain(words.feature_measure(feature))),
            ("By hand", plain(feature.downlevel.text)),
            *((f"From {change.version}", plain(change.what)) for change in feature.changes),
            ("Note", plain(feature.note)),
            ("Source", source_list((feature.source,))),
            ("Seen in", plain("; ".join(feature.xml_seen))),
        )
    )


def whole_sequence(kb: KnowledgeBase) -> str:
    """The features outside of steps: attributes, conditions, the object, the export file."""
    text = "# The whole task sequence\n\nAttributes, conditions, the object around the sequence, the export file.\n"
    scope = ""
    for feature in kb.sequence_features():
        if feature.scope != scope:
            scope = feature.scope
            text += f"\n## Scope: {scope}\n"
        text += _feature(feature, "###")
    return text
