from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "newsdesk.journal"
    label = "journal"
    verbose_name = "Journal"
