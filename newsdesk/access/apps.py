from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "newsdesk.access"
    label = "access"
    verbose_name = "Access"
