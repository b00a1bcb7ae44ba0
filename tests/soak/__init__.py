"""A long run of the real bot through faults and kills, and what it held under them."""
