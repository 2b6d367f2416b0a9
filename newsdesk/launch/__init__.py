"""What `./run` does once its environment exists: broker, migrations, first digest, supervision."""
