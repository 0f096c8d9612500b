"""Home: what comes next, what is going on, what waits for me; and the page that greets without a project."""
