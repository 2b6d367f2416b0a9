from django.apps import AppConfig


class NewsdeskConfig(AppConfig):
    name = "newsdesk"
    label = "newsdesk"
    verbose_name = "Newsdesk"

    def ready(self) -> None:
        from newsdesk import checks  # noqa: F401  (registers them)
