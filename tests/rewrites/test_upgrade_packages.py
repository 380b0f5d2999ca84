"""What stands against an upgrade from a package is told with the step and with what to do instead."""

from __future__ import annotations

import pytest

from tests.decisions.test_use_upgrade_package import decision, of, upgrade
from tests.made import Step, hierarchy, known_package, request, rewritten
from tsfix.errors import UsageError


@pytest.mark.parametrize(
    ("step", "message", "remedy"),
    [
        (
            upgrade(FeatureUpdateAssignmentId=""),
            'The decision about "Upgrade" says use-upgrade-package, which does not go: ',
            "Decide something else in tsfix.toml.",
        ),
        (
            upgrade(),
            'The decision about the step "Upgrade" names LEG00060, which is another kind of object (boot image).',
            "Name an operating system upgrade package.",
        ),
    ],
)
def test_the_refusal_names_the_step(step: Step, message: str, remedy: str) -> None:
    known = hierarchy(known_package("LEG00060", kind="boot-image"))
    with pytest.raises(UsageError) as caught:
        rewritten(of(step), request("2010", decisions=(decision(),)), known)
    assert caught.value.message.startswith(message)
    assert remedy == caught.value.remedy
    assert caught.value.location is not None
    assert ("Upgrade",) == caught.value.location.path
