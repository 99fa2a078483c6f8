"""The topics of meetings and alerts as a database that pages and the API read."""
