#!/usr/bin/env python
"""Django's command line for this project: `manage.py help` lists the commands, `manage.py demo` runs the whole site."""

import gc
import os
import sys

if __name__ == "__main__":
    gc.set_threshold(20_000)  # imports make no garbage, and Python would look for it 270 times: a tenth of a command's start
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jobsearch.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
