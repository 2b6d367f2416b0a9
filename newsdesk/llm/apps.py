from django.apps import AppConfig


class LlmConfig(AppConfig):
    name = "newsdesk.llm"
    label = "llm"
    verbose_name = "Model calls"
    default_auto_field = "django.db.models.BigAutoField"
