"""Files that `authorship` needs at run time: the built-in reference table and its data card."""
