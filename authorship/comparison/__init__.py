"""Compare films: two contrasted, many on a map or in a tree."""
