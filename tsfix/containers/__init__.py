"""Paths, zips and the disk: exports are found and read here, and finished copies are put in place here."""
