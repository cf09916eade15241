"""What makes and examines seals; named by bootstrap only."""
