#!/usr/bin/env python
"""Django's command line for this project: `manage.py help` lists the commands, `manage.py demo` runs the whole site."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jobsearch.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
