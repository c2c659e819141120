"""How figures and foreign text are written on pages."""
