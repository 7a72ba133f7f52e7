"""What the pages are made of: the view in the URL, words, formats, cards, charts and the map card."""
