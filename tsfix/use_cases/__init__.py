"""What a person can ask for, from paths to a report: ties the edges to the core and holds no rules of its own."""
