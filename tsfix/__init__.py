"""tsfix: what breaks when a task sequence meets an older Configuration Manager site, and a copy that does not."""

__version__ = "0.1.0"

STOPPED = "Stopped. Finished copies are whole; nothing half-written is left."
"""What Ctrl+C is answered with, at whatever moment it is pressed."""
