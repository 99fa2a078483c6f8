"""Feeds, decided: what a feed says, which entries are new, when to ask again. No network, no clock."""
