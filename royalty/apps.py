from django.apps import AppConfig


class RoyaltyConfig(AppConfig):
    name = "royalty"
