"""Films beside films: two contrasted, many on a plane or in a tree."""
