"""Ways out that go to people and programs: notifications, digests and webhooks."""
