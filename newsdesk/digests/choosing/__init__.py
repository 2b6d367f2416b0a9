"""Which stories a digest holds, and which of them leads, is big, or stands in short."""
