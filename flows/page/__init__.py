"""The review page: findings with the form drawn as a grid, in one HTML file that needs nothing else."""
