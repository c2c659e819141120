"""Finding what is there twice, and putting together what a person says is one."""
