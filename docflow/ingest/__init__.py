"""From the scan to the index: deposit, inspect, read page by page, make searchable, hand to the index."""
