"""The public site: its own application, its own session, no staff data in its queries."""
