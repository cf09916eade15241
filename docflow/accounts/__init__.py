"""People, org units (قسم، مصلحة، مكتب), roles, sessions, and what each may see."""
