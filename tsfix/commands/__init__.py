"""The commands, one module for each or for a few that belong together. They parse, call one use case and render."""
