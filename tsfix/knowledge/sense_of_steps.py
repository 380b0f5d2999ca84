"""Does the data about step types and features make sense? Each check returns its faults."""

from __future__ import annotations

from collections.abc import Iterator

from tsfix.knowledge.faults import Fault
from tsfix.knowledge.sense_data import Data, known_introduced, known_version


def facts_name_known_versions(data: Data) -> Iterator[Fault]:
    """Every version that a fact names is in the list."""
    for file, step in data.steps.items():
        yield from known_introduced(data, file, "introduced", step.introduced)
        yield from known_version(data, file, "deprecated", step.deprecated)
        yield from known_version(data, file, "removed", step.removed)
        for form in step.action_history:
            yield from known_version(data, file, "action_history.introduced", form.introduced)
    for file, feature, _ in data.features():
        yield from known_introduced(data, file, f"features.{feature.id}.introduced", feature.introduced)
        for change in feature.changes:
            yield from known_version(data, file, f"features.{feature.id}.changes", change.version)


def names_are_unique(data: Data) -> Iterator[Fault]:
    """A step type and a feature stand in one place only."""
    seen: dict[str, str] = {}
    for file, step in data.steps.items():
        if (other := seen.setdefault(step.type.casefold(), file)) != file:
            yield Fault(file=file, key="type", found=step.type, expected=f"a type that is not in {other}")
    ids: dict[str, str] = {}
    for file, feature, _ in data.features():
        if feature.id in ids:
            yield Fault(
                file=file, key="features.id", found=feature.id, expected=f"an id that is not in {ids[feature.id]}"
            )
        ids[feature.id] = file


def file_is_named_after_type(data: Data) -> Iterator[Fault]:
    """``steps/<type>.toml``, so that nobody has to search."""
    for file, step in data.steps.items():
        if file.startswith("steps/") and not step.type.startswith("(") and file != f"steps/{step.type}.toml":
            yield Fault(file=file, key="type", found=step.type, expected="the name of the file")


def scopes_fit(data: Data) -> Iterator[Fault]:
    """A feature of the whole sequence has a scope, one of a step type has none."""
    for file, feature, step in data.features():
        if (step is None) != bool(feature.scope):
            expected = "a scope" if step is None else "none, for a feature of a step type"
            yield Fault(file=file, key=f"features.{feature.id}.scope", found=feature.scope or "none", expected=expected)


def matches_are_complete(data: Data) -> Iterator[Fault]:
    """A predicate has the name and the values that its operator needs."""
    for file, feature, _ in data.features():
        match = feature.match
        key = f"features.{feature.id}.match"
        if match.where != "none" and not match.op:
            yield Fault(file=file, key=f"{key}.op", found="nothing", expected="an operator")
        needs_values = {"equals", "not-equals", "in", "not-in", "regex", "gt", "longer-than", "with", "after"}
        if match.op in needs_values and not match.values:
            yield Fault(file=file, key=f"{key}.values", found="nothing", expected=f"a value for {match.op}")
        needs_name = match.where in {"attribute", "text", "package-property"} or (
            match.where == "variable" and match.op not in {"unknown-property", "empty-secret"}
        )
        if needs_name and not match.name:
            yield Fault(file=file, key=f"{key}.name", found="nothing", expected="a name")


def downlevels_fit(data: Data) -> Iterator[Fault]:
    """``cut`` and ``set_value`` stand where they mean something, and ``always`` is never a matter for a person."""
    for file, feature, _ in data.features():
        downlevel = feature.downlevel
        key = f"features.{feature.id}.downlevel"
        if downlevel.cut and downlevel.kind != "rewrite-action":
            yield Fault(file=file, key=f"{key}.cut", found=f"kind {downlevel.kind}", expected="kind rewrite-action")
        if downlevel.set_value is not None and downlevel.kind != "rewrite-value":
            yield Fault(
                file=file, key=f"{key}.set_value", found=f"kind {downlevel.kind}", expected="kind rewrite-value"
            )
        if downlevel.automatic == "always" and downlevel.kind in {"flag", "none-needed"}:
            yield Fault(file=file, key=f"{key}.automatic", found="always", expected=f"never, for kind {downlevel.kind}")
        if downlevel.automatic == "always" and downlevel.kind == "rewrite-action" and not downlevel.cut:
            yield Fault(file=file, key=f"{key}.cut", found="nothing", expected="what to cut, for automatic always")
        strips = downlevel.kind == "strip" and feature.match.where == "variable"
        if downlevel.automatic == "always" and strips and not feature.neutral:
            expected = "never, for a variable as old as the step"
            yield Fault(file=file, key=f"{key}.automatic", found="always", expected=expected)
        if downlevel.automatic == "always" and downlevel.kind in {"replace-step", "rewrite-condition"}:
            expected = f"never: no rewrite does {downlevel.kind} by itself"
            yield Fault(file=file, key=f"{key}.automatic", found="always", expected=expected)
        if downlevel.automatic == "neutral" and not feature.neutral:
            yield Fault(file=file, key=f"{key}.automatic", found="neutral", expected="a feature with neutral values")


def rewrites_fit(data: Data) -> Iterator[Fault]:
    """A rewrite stands where it means something, and names what it costs."""
    entries = [(file, f"features.{feature.id}.downlevel", feature.downlevel) for file, feature, _ in data.features()]
    entries += [(file, "downlevel", step.downlevel) for file, step in data.steps.items()]
    of_steps = ("paste-child", "command-line", "split-applications", "readiness-steps")
    kinds = dict.fromkeys(of_steps, "replace-step")
    for file, key, downlevel in entries:
        kind = kinds.get(downlevel.rewrite, "rewrite-condition")
        if downlevel.rewrite and downlevel.kind != kind:
            yield Fault(file=file, key=f"{key}.rewrite", found=f"kind {downlevel.kind}", expected=f"kind {kind}")
        if downlevel.left and (downlevel.automatic == "always" or downlevel.rewrite):
            yield Fault(file=file, key=f"{key}.left", found=downlevel.left, expected="nothing: a copy does not keep it")
        stripped = downlevel.automatic == "always" and downlevel.kind == "strip"
        if bool(downlevel.rewrite) != bool(downlevel.trade_off) and not stripped:
            found = downlevel.rewrite or downlevel.trade_off
            yield Fault(file=file, key=f"{key}.trade_off", found=found, expected="rewrite and trade_off together")
        if not downlevel.rewrite and (downlevel.limit or downlevel.not_if):
            yield Fault(file=file, key=f"{key}.rewrite", found="nothing", expected="a rewrite for limit and not_if")


def neutral_variables_are_new(data: Data) -> Iterator[Fault]:
    """A variable as old as the step is never stripped for a feature, so such a feature has no neutral values."""
    for file, feature, step in data.features():
        if step is not None and feature.neutral:
            old = {name.casefold() for name in step.base_properties.values()}
            if feature.variable.casefold() in old:
                yield Fault(
                    file=file,
                    key=f"features.{feature.id}.neutral",
                    found=str(list(feature.neutral)),
                    expected=f"none: {feature.variable} is among base_properties",
                )


def action_history_rises(data: Data) -> Iterator[Fault]:
    """The forms of an action line stand in the order of their versions."""
    order = {version.id: version.order for version in data.versions.versions}
    for file, step in data.steps.items():
        places = [order.get(form.introduced, 0) for form in step.action_history]
        if places != sorted(set(places)):
            yield Fault(
                file=file, key="action_history", found="versions out of order", expected="oldest first, each once"
            )
