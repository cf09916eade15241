"""The ground floor: what every room stands on, and nothing that knows a room or a web framework."""
