"""Where a run's command is carried out: one port, one module an executor."""
