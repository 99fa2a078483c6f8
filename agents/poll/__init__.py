"""Polling, acted: feeds and pages are fetched, politely and from the public web only, and what is new becomes articles."""
