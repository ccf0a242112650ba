"""A reference gateway: finds a request's tenant, asks the engine where it goes, takes it there and back.

Pipeline of one request::

    head --target--> host, path --matching--> tenant --deciding, engine_client (HTTP)--> decision
         --sending--> backend --proxy--> client          (or --websockets--> both ways)

``tenant_file`` reads the settings into ``config``'s facts, ``health`` knows which services answer, ``decision`` checks
what the engine says, ``passage`` is a request under way, ``logs`` and ``metrics`` tell of it, ``app`` is the process.
It knows the engine through its HTTP API alone: no module here imports the interpreter or the server. ``echo``,
``stack`` and ``demo`` are the test backends and the whole stack on one machine.
"""
