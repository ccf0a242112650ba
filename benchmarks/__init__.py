"""What the engine's speed is measured with. See docs/performance.md for what came out.

lua/            the compute suite: one program a file, an answer printed
programs.py     the suite as data: sizes, sources, right answers
requests.py     routing requests, every one different, with what a right answer is
peer_runs.py    other Luas, and one program run by each in turn
peers.py        the suite side by side with lua5.1, luajit, gopher-lua and others
decide.py       decisions per bundled script, percentiles
http_load.py    the server beside a bare aiohttp echo, under wrk
baselines.py    the last `make bench` beside an earlier one: what became slower
compare.py      two checkouts in turn: what became slower, and whether counts are the same
show.py         the Python that the compiler makes of a Lua file, and where its time goes
test_*.py       pytest-benchmark, for `pytest benchmarks --benchmark-only`
"""
