"""Who asks: keys, scopes; and the jobs that were asked for."""
