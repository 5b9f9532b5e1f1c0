"""Contracts of the four layers: each is a function of the open warehouse that returns its results as data."""
