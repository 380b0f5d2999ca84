"""From the parts of an export to the model: XML in, task sequences out. Bytes only; no files."""
