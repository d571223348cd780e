"""Anchor Spend: what Bedfordshire's public bodies spend, and how much of it stays local."""
