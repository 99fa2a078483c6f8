"""What decides: the functional core. No broker, network, clock or environment; `now` is an argument."""
