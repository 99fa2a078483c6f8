"""The commonest faults, each found by a look that changes nothing, and what to do about it."""
