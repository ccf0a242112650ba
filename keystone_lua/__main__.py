"""``python -m keystone_lua``."""

import sys

from .cli import main

sys.exit(main())
