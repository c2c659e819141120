"""Made by generate.sh from the API's description. Do not edit."""
