"""Ways out. Each reads the topics of meetings and alerts as any subscriber does."""
