"""Proves of two exports that one is a copy of the other, also after a site wrote it anew."""
