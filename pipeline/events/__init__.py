"""From mentions to meetings: which mentions tell of the same real-world event."""
