"""Loading: file -> canonical frame -> findings -> store -> placement, one transaction."""
