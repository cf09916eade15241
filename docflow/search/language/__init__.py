"""Language analysis of Arabic and French, one family of rules a file."""
