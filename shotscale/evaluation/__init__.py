"""Evaluation of predicted scales: scores, agreement of coders, baselines, pictures of errors."""
