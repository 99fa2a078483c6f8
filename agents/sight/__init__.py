"""What the person on call sees: metrics, logs under an article and its trace, who gets on and who can do its work."""
