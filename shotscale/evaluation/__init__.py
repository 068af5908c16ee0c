"""How good predicted scales are: scores, agreement of coders, baselines, pictures of mistakes."""
