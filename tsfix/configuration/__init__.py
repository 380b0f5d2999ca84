"""What a person wrote down: hierarchy, decisions, mappings, facts of their own, targets. All faults at once."""
