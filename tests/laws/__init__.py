"""The laws of the house: one test for each."""
