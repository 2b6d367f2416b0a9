from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('newsletter', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='outbox',
            name='logbook_since',
            field=models.DateTimeField(blank=True, help_text='Since when every mail stands in the logbook; empty before there was one.', null=True),
        ),
    ]
