"""The groups get what they lack since they were made: viewers may see gaps, previews and hosts."""

from importlib import import_module

from django.db import migrations

make_groups = import_module("newsdesk.migrations.0001_groups").make_groups


class Migration(migrations.Migration):
    dependencies = [
        ("newsdesk", "0002_groups_vectors"),
        ("feeds", "0005_answers"),
        ("digests", "0007_preview"),
    ]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
