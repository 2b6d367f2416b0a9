"""What editors do to stories, an act a file; what every act promises stands in `newsdesk.journal.hand`."""
