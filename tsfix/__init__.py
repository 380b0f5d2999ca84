"""tsfix: what breaks when a task sequence meets an older Configuration Manager site, and a copy that does not."""

__version__ = "0.1.0"
