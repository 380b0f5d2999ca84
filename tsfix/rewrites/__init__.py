"""The rewrites: each drafts one kind of change to an export. ``conversion/cloning.py`` calls them in their order."""
