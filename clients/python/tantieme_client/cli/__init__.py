"""The command line `tantieme`: it parses, asks the client, and prints."""
