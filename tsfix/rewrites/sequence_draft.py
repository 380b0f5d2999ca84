"""The intended changes to one task sequence: bytes on one side, a log for the report on the other, always together."""

from __future__ import annotations

from functools import cached_property

from tsfix.changes import ChangeKind, Reason
from tsfix.comparison.labels import attribute_label
from tsfix.errors import UnsupportedEditError
from tsfix.export import ExportedTaskSequence, Parts
from tsfix.places import item_location
from tsfix.rewrites.change_log import ChangeLog
from tsfix.task_sequence import Group, PackageProperty, Reference, Step, Variable
from tsfix.values import Location
from tsfix.xml_bytes.document import Document
from tsfix.xml_bytes.draft import Draft
from tsfix.xml_bytes.edits import apply_edits
from tsfix.xml_bytes.source_text import decode_source

ATTRIBUTE_ORDER = (
    "type",
    "name",
    "description",
    "disable",
    "continueOnError",
    "timeout",
    "runIn",
    "successCodeList",
    "retryCount",
    "runFromNet",
)
"""The order in which every site writes the attributes of groups and steps (no exception in 4,390 elements)."""


class SequenceDraft:
    """What will change in the part that holds one task sequence."""

    def __init__(self, parts: Parts, exported: ExportedTaskSequence, log: ChangeLog) -> None:
        self.exported = exported
        self.task_sequence = exported.task_sequence
        self.log = log
        self._source = decode_source(parts.parts[exported.part], exported.location)
        self._document = Document(self._source.utf8)
        self._envelope: Draft | None = None
        if exported.format == "object-xml":
            holder = self.task_sequence.property("Sequence")
            if holder is None or holder.value_element is None:
                raise UnsupportedEditError("The object has no sequence to edit.", location=exported.location)
            self._envelope = Draft(self._document)
            self.sequence = self._envelope.embedded(holder.value_element)
        elif exported.format == "escaped-sequence":
            self.sequence = Draft(self._document.embedded_text())
        else:
            self.sequence = Draft(self._document)

    @property
    def envelope(self) -> Draft:
        """The draft of the XML around the sequence. Raises UnsupportedEditError where the format has none."""
        if self._envelope is None:
            raise UnsupportedEditError(
                "This format has no object around the sequence.", location=self.exported.location
            )
        return self._envelope

    @property
    def has_envelope(self) -> bool:
        """True when the sequence stands in an ``object.xml``."""
        return self._envelope is not None

    @property
    def changed(self) -> bool:
        """True when the part will differ."""
        return self.sequence.changed or (self._envelope is not None and self._envelope.changed)

    def content(self) -> bytes:
        """The new content of the part, in its own encoding. Raises UnsupportedEditError when it cannot be written."""
        if not self._source.editable:
            raise UnsupportedEditError(
                f"The file cannot be rewritten without loss: {self._source.reason}",
                remedy="Save it as UTF-8 and try again.",
                location=self.exported.location,
            )
        if self._envelope is not None:
            return self._source.encode(self._envelope.apply())
        if self.exported.format == "escaped-sequence":
            edits = self.sequence.document.lift_to_root(self.sequence.edits())
            return self._source.encode(apply_edits(self._document.data, edits))
        return self._source.encode(self.sequence.apply())

    # What the copy will hold, as far as it is decided.

    def value(self, variable: Variable) -> str:
        """The value of a step's variable in the copy."""
        element = variable.element
        return self.sequence.text(element) if self.sequence.drafted(element) else variable.value

    def action(self, step: Step) -> str:
        """The action line of a step in the copy."""
        element = step.action_element
        return self.sequence.text(element) if element is not None and self.sequence.drafted(element) else step.action

    def gone(self, item: Group | Step) -> bool:
        """True when the group or step is taken out or replaced in the copy."""
        return self.sequence.removed(item.element)

    def runs(self, step: Step) -> bool:
        """True when the step stands in the copy and neither it nor a group around it is disabled."""
        around: tuple[Group | Step, ...] = (step, *self._groups[step.element])
        return not self.gone(step) and not any(map(self._disabled, around))

    def _disabled(self, item: Group | Step) -> bool:
        """True when the group or step itself is disabled in the copy."""
        if not self.sequence.drafted(item.element):
            return item.disabled
        return (self.sequence.attribute(item.element, "disable") or "").strip().lower() == "true"

    @cached_property
    def _groups(self) -> dict[int, tuple[Group, ...]]:
        """The groups around each group and step, by its element."""
        around: dict[int, tuple[Group, ...]] = {item.element: () for item in self.task_sequence.sequence.children}
        for item in self.task_sequence.sequence.walk():
            if isinstance(item, Group):
                around.update((child.element, (*around[item.element], item)) for child in item.children)
        return around

    # Changes.

    def set_variable(self, step: Step, variable: Variable, value: str, reason: Reason) -> None:
        """Give a variable of a step another value. Raises UnsupportedEditError when the step has it twice."""
        if value == self.value(variable):
            return
        self.require_single(step, variable)
        self.sequence.set_text(variable.element, value, reason.text)
        self._note(
            step, variable.element, f"variable:{variable.name}", f"{variable.name}", variable.value, value, reason
        )

    def remove_variable(self, step: Step, variable: Variable, reason: Reason) -> None:
        """Take a variable out of a step. Raises UnsupportedEditError when the step has it twice."""
        self.require_single(step, variable)
        self.sequence.remove_element(variable.element, reason.text, with_line=True)
        self._note(step, variable.element, f"variable:{variable.name}", variable.name, variable.value, None, reason)

    def require_single(self, step: Step, variable: Variable) -> None:
        """Raise UnsupportedEditError when the step has the variable twice.

        No site writes a variable twice; which of the two the client obeys, or a site keeps, is not documented.
        """
        if sum(1 for other in step.variables if other.name == variable.name) > 1:
            raise UnsupportedEditError(
                f'The step "{step.name}" has the variable {variable.name} twice, and a copy would have to change it.',
                remedy="Open the step in the console, check it and save it there; then export the task sequence again.",
                location=item_location(self.exported, step),
            )

    def set_action(self, step: Step, text: str, reason: Reason) -> None:
        """Write another action line."""
        if step.action_element is None or text == self.action(step):
            return
        self.sequence.set_text(step.action_element, text, reason.text)
        self._note(step, step.action_element, "action", "action line", step.action, text, reason)

    def set_attribute(
        self, item: Group | Step, name: str, value: str, reason: Reason, kind: ChangeKind = "changed"
    ) -> None:
        """Set an attribute of a group or step, at its place in the site's order when it was missing."""
        before = dict(item.attributes).get(name)
        self.sequence.set_attribute(item.element, name, value, reason.text, order=ATTRIBUTE_ORDER)
        self.log.add(
            kind="added" if before is None and kind == "changed" else kind,
            location=item_location(self.exported, item),
            element=item.element,
            field=f"attribute:{name}",
            label=attribute_label(name),
            before=before,
            after=value,
            reasons=(reason,),
        )

    def remove_attribute(self, item: Group | Step, name: str, reason: Reason) -> None:
        """Take an attribute away from a group or step."""
        before = dict(item.attributes).get(name)
        self.sequence.remove_attribute(item.element, name, reason.text)
        self._note(item, item.element, f"attribute:{name}", attribute_label(name), before, None, reason)

    def remove_item(self, item: Group | Step, reason: Reason) -> None:
        """Take a group or step out."""
        location = item_location(self.exported, item)
        self.log.drop_inside(location)
        self.sequence.remove_element(item.element, reason.text, with_line=True)
        self._structural("removed", item, location, f"{item.name}", None, reason)

    def replace_item(self, item: Group | Step, xml: str, after: str, reason: Reason) -> None:
        """Put other XML in the place of a group or step; ``after`` says in words what it is."""
        location = item_location(self.exported, item)
        self.log.drop_inside(location)
        self.sequence.replace_element(item.element, xml, reason.text)
        before = item.type if isinstance(item, Step) else "group"
        self._structural("replaced", item, location, before, after, reason)

    def _structural(
        self, kind: ChangeKind, item: Group | Step, location: Location, before: str, after: str | None, reason: Reason
    ) -> None:
        what = "step" if isinstance(item, Step) else "group"
        self.log.add(
            kind=kind,
            location=location,
            element=item.element,
            field=what,
            label=what,
            before=before,
            after=after,
            reasons=(reason,),
        )

    def set_reference(self, reference: Reference, package: str, reason: Reason) -> None:
        """Point an entry of the reference list at another package, or that of an application at another application."""
        attribute = "application" if reference.package is None else "package"
        self.sequence.set_attribute(reference.element, attribute, package, reason.text)
        before = str(reference.package or reference.application)
        self._note(None, reference.element, f"reference:{before}", "reference list", before, package, reason)

    def remove_reference(self, reference: Reference, reason: Reason) -> None:
        """Take an entry out of the reference list."""
        self.sequence.remove_element(reference.element, reason.text, with_line=True)
        before = str(reference.package or reference.application)
        self._note(None, reference.element, f"reference:{before}", "reference list", before, None, reason)

    def set_version(self, version: str, reason: Reason) -> None:
        """Write another version of the sequence's schema."""
        sequence = self.task_sequence.sequence
        self.sequence.set_attribute(sequence.element, "version", version, reason.text)
        self._note(
            None,
            sequence.element,
            "sequence-attribute:version",
            "version of the sequence",
            sequence.version,
            version,
            reason,
        )

    def set_property(self, found: PackageProperty, value: str, reason: Reason, label: str = "") -> None:
        """Give a plain property of the object (or of a 2007 package) another value. NULL stays NULL."""
        if found.value_element is None or not isinstance(found.value, str):
            return
        draft = self._envelope if self._envelope is not None else self.sequence
        draft.set_text(found.value_element, value, reason.text)
        self._note(
            None,
            -1 - found.value_element,
            f"package-property:{found.name}",
            label or found.name,
            found.value,
            value,
            reason,
        )

    def remove_property(self, found: PackageProperty, reason: Reason) -> None:
        """Take a property out of the object around the sequence."""
        self.envelope.remove_element(found.element, reason.text, with_line=True)
        value = found.value if isinstance(found.value, str) else ", ".join(found.value or ())
        self._note(None, -1 - found.element, f"package-property:{found.name}", found.name, value, None, reason)

    def set_sequence_name(self, value: str, reason: Reason) -> None:
        """Write the name that an MDT task sequence carries in its own element."""
        sequence = self.task_sequence.sequence
        before = dict(sequence.attributes).get("name")
        self.sequence.set_attribute(sequence.element, "name", value, reason.text)
        self._note(None, sequence.element, "sequence-attribute:name", "name", before, value, reason)

    def _note(
        self,
        item: Group | Step | None,
        element: int,
        field: str,
        label: str,
        before: str | None,
        after: str | None,
        reason: Reason,
    ) -> None:
        location = self.exported.location if item is None else item_location(self.exported, item)
        kind: ChangeKind = "changed"
        if after is None:
            kind = "removed"
        elif before is None:
            kind = "added"
        self.log.add(
            kind=kind,
            location=location,
            element=element,
            field=field,
            label=label,
            before=before,
            after=after,
            reasons=(reason,),
        )
