"""What the administrator sees: people and units, jobs by identifier, the health of the installation; no document."""
