"""What carries the ids of jobs between machines."""
