"""Jobs that administrators start: their kinds, forms, pages and work, and the errors that they report."""
