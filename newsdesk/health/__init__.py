"""How the desk is doing, told truly: to machines, to the operator by mail or webhook, and to the staff in words."""
