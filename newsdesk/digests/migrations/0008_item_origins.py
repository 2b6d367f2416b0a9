from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('digests', '0007_preview'),
    ]

    operations = [
        migrations.AddField(
            model_name='digestitem',
            name='origins',
            field=models.JSONField(blank=True, help_text='Who found it out; empty in digests of before.', null=True),
        ),
    ]
