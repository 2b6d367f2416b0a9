import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('digests', '0005_labels_and_held_back'),
    ]

    operations = [
        migrations.AddField(
            model_name='edition',
            name='due_date',
            field=models.DateField(blank=True, help_text='The latest date whose cut-off has passed.', null=True),
        ),
        migrations.AddField(
            model_name='edition',
            name='due_since',
            field=models.DateTimeField(blank=True, help_text='When that was first seen.', null=True),
        ),
        migrations.CreateModel(
            name='Gap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('date', models.DateField()),
                ('was_watched', models.BooleanField(help_text='Enough feeds answered; nobody was there to publish it.')),
                ('feeds_answered', models.PositiveIntegerField(help_text='Within the window.')),
                ('feeds', models.PositiveIntegerField(help_text='That have ever answered.')),
                ('noted_at', models.DateTimeField()),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='gaps', to='digests.edition')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('edition', 'date'), name='gap_unique_edition_date')],
            },
        ),
    ]
