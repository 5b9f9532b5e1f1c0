"""A storm: run after run killed with SIGKILL at random instants, while readers query the live mart the whole time."""
