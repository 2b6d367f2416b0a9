"""The editions that every installation has."""

from django.db import migrations

EDITIONS = (("daily", "Daily digest"), ("sample", "Sample digest"))


def create_editions(apps, schema_editor):
    Edition = apps.get_model("digests", "Edition")
    for slug, title in EDITIONS:
        Edition.objects.get_or_create(slug=slug, defaults={"title": title})


class Migration(migrations.Migration):
    dependencies = [("digests", "0001_initial")]
    operations = [migrations.RunPython(create_editions, migrations.RunPython.noop)]
