"""Runs the command line: ``python -m tsfix``."""

from tsfix.cli import main

main()
