"""What the work of the routing library's functions grows with, and a case for each: a file a module, as growth.py and
library_cases.py have it for the standard library.

WORK is what each function's charge must grow with; CASES what is priced and measured at two sizes. Both are by the
names of the cost table. A new module puts a file here and its name into FILES.
"""

from __future__ import annotations

from typing import Final

from ..growth import Work
from ..library_cases import Case
from . import accept, base64, bucket, cookie, ip, json, jwt, ngx, re, text, time, url
from . import hash as digests

FILES: Final = (accept, base64, bucket, cookie, digests, ip, json, jwt, ngx, re, text, time, url)

WORK: Final[dict[str, tuple[Work, ...]]] = {name: work for file in FILES for name, work in file.WORK.items()}
CASES: Final[dict[str, Case]] = {name: case for file in FILES for name, case in file.CASES.items()}
