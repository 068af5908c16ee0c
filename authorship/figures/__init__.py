"""Figures for papers: maps, trees and comparisons of films, as PNG, SVG and PDF."""
