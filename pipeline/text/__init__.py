"""From a page or a text to the words of its article."""
