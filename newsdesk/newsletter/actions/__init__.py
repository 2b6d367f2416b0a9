"""What staff do about mail, an act a file; what every act promises stands in `newsdesk.journal.hand`."""
