"""The weekly edition."""

from django.db import migrations


def create_weekly(apps, schema_editor):
    apps.get_model("digests", "Edition").objects.get_or_create(slug="weekly", defaults={"title": "Weekly digest"})


class Migration(migrations.Migration):
    dependencies = [("digests", "0003_editing")]
    operations = [migrations.RunPython(create_weekly, migrations.RunPython.noop)]
