"""What acts: the imperative shell around `pipeline`. Faust agents, topics, settings, command line."""
