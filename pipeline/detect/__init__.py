"""From text to mentions of meetings: tags, participants, frames, candidates, decision, fields."""
