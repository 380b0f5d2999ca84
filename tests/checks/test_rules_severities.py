"""Behaviour that changed is a remark unless a limit is exceeded, and a step that the target gave up is no step to keep."""

from __future__ import annotations

from msgspec.structs import replace

from tests.checks.scenes import scene
from tests.made import Step, knowledge, own_step, steps
from tests.made import osd_steps as osd
from tsfix.checks.newer_features import rule_of


def test_rule_28_is_an_error_above_a_limit_and_a_remark_otherwise() -> None:
    features = [feature for fact in knowledge().step_types() for feature in fact.features if rule_of(feature) == "R28"]
    assert len(features) > 5
    for feature in features:
        assert ("error" if feature.match.op == "gt" else "info") == feature.severity, feature.id


def unpartitioned(*items: Step) -> list[str]:
    found = scene(*items, to="1706", site=1706).found()
    return [one.severity for one in found if one.subject == "check-readiness-unpartitioned-disk"]


def test_an_unpartitioned_disk_matters_only_where_the_disk_is_partitioned() -> None:
    plain = osd.check_readiness("Ready", memory=1, disk=1, site=1706)
    rows = tuple((*row[:2], "true") if row[0] == "OSDCheckFreeDiskSpace" else row for row in plain.variables)
    ready = replace(plain, variables=rows)
    assert [] == unpartitioned(ready)
    assert ["info"] == unpartitioned(ready, osd.partition_disk("Disk", "MBR", (), site=1706))


def test_a_step_that_the_target_gave_up_is_not_to_be_kept() -> None:
    step = own_step("SMS_TaskSequence_ConvertDiskAction", "Convert", "osddiskpart.exe convert %OSDConvertDiskIndex%")

    def remedies(to: str) -> list[tuple[str, bool]]:
        return [
            (one.severity, "Nothing to do" in one.remedy) for one in scene(step, to=to).found() if one.rule == "R27"
        ]

    assert [("info", True)] == remedies("1706")
    assert [("warning", False)] == remedies("1806")


def test_no_remedy_promises_what_waits_for_a_decision() -> None:
    """Half of a step changed would be neither the old step nor one that the target can run."""

    def told(output_variable: str) -> str:
        step = steps.run_powershell_script("Run", lines=("exit 5",), output_variable=output_variable)
        variables = tuple((name, key, "0 5" if "Success" in key else value) for name, key, value in step.variables)
        held = scene(replace(step, variables=variables, success_codes="0 5"), to="1706").found()
        (found,) = (one for one in held if one.subject == "run-powershell-success-codes")
        return f"{found.fix}: {found.remedy}"

    assert told("").startswith("automatic: ")
    assert told("Answer").startswith("advice: Something else in this step needs your decision")
