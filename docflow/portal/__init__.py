"""The public site: citizens and anybody with a paper in hand; no session of the staff, no data of theirs."""
