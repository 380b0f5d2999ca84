"""The kinds of data files and the form of each. The published JSON Schema files are made from these."""

from __future__ import annotations

from typing import Literal

from tsfix.knowledge.forms.common import Model
from tsfix.knowledge.forms.conditions import ConditionsFile
from tsfix.knowledge.forms.extensions import ThirdPartyFile
from tsfix.knowledge.forms.features import SequenceFeaturesFile
from tsfix.knowledge.forms.identity import IdentityFile
from tsfix.knowledge.forms.rules import RulesFile
from tsfix.knowledge.forms.signs import SignsFile
from tsfix.knowledge.forms.steps import StepModel
from tsfix.knowledge.forms.variables import VariablesFile
from tsfix.knowledge.forms.versions import VersionsFile


class KnowledgeFile(Model):
    """The compiled file data/knowledge.json: everything in one."""

    format: Literal[1] = 1
    """The number of this form."""
    versions: VersionsFile
    steps: dict[str, StepModel]
    """Step type to everything about it."""
    sequence_features: SequenceFeaturesFile
    rules: RulesFile
    identity: IdentityFile
    variables: VariablesFile
    conditions: ConditionsFile
    thirdparty: ThirdPartyFile
    signs: SignsFile


FILES: dict[str, type[Model]] = {
    "versions": VersionsFile,
    "step": StepModel,
    "sequence_features": SequenceFeaturesFile,
    "rules": RulesFile,
    "identity": IdentityFile,
    "variables": VariablesFile,
    "conditions": ConditionsFile,
    "thirdparty": ThirdPartyFile,
    "signs": SignsFile,
    "knowledge": KnowledgeFile,
}
"""Name of a published JSON Schema and the model it is made from."""
