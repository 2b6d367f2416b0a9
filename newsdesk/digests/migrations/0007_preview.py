import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('digests', '0006_gaps'),
    ]

    operations = [
        migrations.CreateModel(
            name='Preview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document', models.JSONField(help_text='As the export schema has it, with the state `preview`.')),
                ('made_from', models.CharField(help_text='What it was made from: another one when this changes.', max_length=100)),
                ('made_at', models.DateTimeField()),
                ('edition', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='preview', to='digests.edition')),
            ],
        ),
    ]
