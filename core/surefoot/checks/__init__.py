"""Checks of a model against limits that were set beforehand, with what each cannot show."""
