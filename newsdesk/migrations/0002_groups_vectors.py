"""The groups get what they lack since they were made: viewers may see that there are vectors."""

from importlib import import_module

from django.db import migrations

make_groups = import_module("newsdesk.migrations.0001_groups").make_groups


class Migration(migrations.Migration):
    dependencies = [("newsdesk", "0001_groups"), ("stories", "0003_vectors")]
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
