"""What editors do to digests, an act a file; what every act promises stands in `newsdesk.journal.hand`."""
