"""The cliff: the small task on which lessons see every policy and its true return."""
