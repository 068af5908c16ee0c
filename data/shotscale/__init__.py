"""Files that `shotscale` needs at run time: network weights and the boundary model, each with its card."""
