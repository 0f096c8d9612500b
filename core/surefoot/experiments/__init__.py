"""Recipes: parameters, success criteria and guardrails, written before training."""
