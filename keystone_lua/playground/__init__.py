"""The playground: a page on this machine where a script is written, checked, run, tested and asked "what if".

Input: a scripts folder and a decision log, both read only. Output: an HTTP server on the loopback address for one
user's browser. Nothing is written. What the page sends is run in a process of its own, within a tenant's budgets.

`guard` says which requests are taken, `app` answers them, `folder` and `records` read, `processes` has jobs done by
`process`, and `jobs` are what is done there. The page itself is in page/.
"""
