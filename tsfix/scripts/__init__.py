"""Scripts for Windows PowerShell 5.1 that tsfix prints and never runs: the hand-over to and from a site.

``render`` in ``render.py`` makes the text, the options stand in ``options.py``. This mapping is the list of scripts.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SCRIPTS: Mapping[str, str] = MappingProxyType(
    {
        "inventory": "Collect sites, packages, task sequences and deployments into a hierarchy file; reads only.",
        "inventory-rest": "The same through the administration service, for a computer without the console.",
        "client-package": "Make and distribute a custom package that holds the client of an older site.",
        "export": "Export all task sequences of a hierarchy, or some, each to a file of its own.",
        "import": "Import copies without overwriting anything, and compare what arrived with the files.",
    }
)
"""Every script by name, with what it does in one sentence."""
