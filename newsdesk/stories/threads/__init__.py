"""Stories over days: which earlier one a new one follows up."""
