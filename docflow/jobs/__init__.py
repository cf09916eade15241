"""The machinery that does what the job table holds: claim, lease, heartbeat, retry, bury."""
