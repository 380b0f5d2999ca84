"""Tests of the byte-exact XML core."""
