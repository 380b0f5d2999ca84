"""What the checks of the data look at: all data files together, and the faults that several of the checks find."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from msgspec import Struct

from tsfix.knowledge.faults import Fault
from tsfix.knowledge.forms.common import IntroducedModel
from tsfix.knowledge.forms.conditions import ConditionsFile
from tsfix.knowledge.forms.extensions import ThirdPartyFile
from tsfix.knowledge.forms.features import FeatureModel, SequenceFeaturesFile
from tsfix.knowledge.forms.identity import IdentityFile
from tsfix.knowledge.forms.rules import RulesFile
from tsfix.knowledge.forms.signs import SignsFile
from tsfix.knowledge.forms.steps import StepModel
from tsfix.knowledge.forms.variables import VariablesFile
from tsfix.knowledge.forms.versions import VersionsFile

SEQUENCE_FEATURES = "sequence_features.toml"


class Data(Struct, frozen=True, kw_only=True):
    """All data files, each valid in itself."""

    versions: VersionsFile
    steps: dict[str, StepModel]
    """File name to content."""
    sequence_features: SequenceFeaturesFile
    rules: RulesFile
    identity: IdentityFile
    variables: VariablesFile
    conditions: ConditionsFile
    thirdparty: ThirdPartyFile
    signs: SignsFile

    def features(self) -> Iterator[tuple[str, FeatureModel, StepModel | None]]:
        """File, feature and step of every feature."""
        for file, step in self.steps.items():
            for feature in step.features:
                yield file, feature, step
        for feature in self.sequence_features.features:
            yield SEQUENCE_FEATURES, feature, None


def repeated(file: str, key: str, names: Iterable[str]) -> Iterator[Fault]:
    """A fault for each name that stands twice, compared without case."""
    seen: set[str] = set()
    for name in names:
        if name.casefold() in seen:
            yield Fault(file=file, key=key, found=f"{name} twice", expected="each once")
        seen.add(name.casefold())


def known_version(data: Data, file: str, key: str, version: str | None) -> Iterator[Fault]:
    """A fault where a version is named that is not in the list."""
    ids = [known.id for known in data.versions.versions]
    if version is not None and version not in ids:
        near = get_close_matches(version, ids, n=1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        yield Fault(file=file, key=key, found=version, expected=f"a version of versions.toml{hint}")


def known_introduced(data: Data, file: str, key: str, introduced: IntroducedModel) -> Iterator[Fault]:
    """A fault for each version that is not in the list, and where version and bound do not fit together."""
    yield from known_version(data, file, f"{key}.version", introduced.version)
    yield from known_version(data, file, f"{key}.not_before", introduced.not_before)
    if (introduced.version is None) != (introduced.bound == "unknown"):
        yield Fault(
            file=file, key=key, found=f"bound {introduced.bound}", expected="a version, or bound unknown without one"
        )
    order = {version.id: version.order for version in data.versions.versions}
    if introduced.not_before is not None:
        if introduced.bound != "no-later-than":
            yield Fault(file=file, key=f"{key}.not_before", found="present", expected="only with no-later-than")
        elif order.get(introduced.not_before, 0) >= order.get(introduced.version or "", 10**6):
            yield Fault(file=file, key=f"{key}.not_before", found=introduced.not_before, expected="older than version")
