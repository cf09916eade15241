"""The first page of each role, and the page of all places."""
