"""`gongkai serve`: Prefect's server and a worker as children of one process that watches them and ends them."""
