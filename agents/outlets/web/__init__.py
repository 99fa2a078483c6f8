"""Pages, an API and feeds of the meetings, for browsers and programs. Reading only, from the view."""
