"""What is known of the world and of languages: files an analyst edits, and their reader."""
