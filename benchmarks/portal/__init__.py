"""How fast the pages of the portal answer where a period has very many lines."""
