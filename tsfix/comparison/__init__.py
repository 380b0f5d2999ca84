"""Compares two task sequences step by step: what was changed, moved, added and removed, in an administrator's words."""
