"""Byte-exact XML: read the structure with lxml, change the original bytes, leave every other byte alone."""
