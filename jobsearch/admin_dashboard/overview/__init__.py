"""Overview of the admin: its front page, menu and charts, and what visitors search for."""
