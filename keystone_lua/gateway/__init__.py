"""A reference gateway: finds a request's tenant, asks the engine where it goes, carries it there and the answer back.

Pipeline of one request::

    head --target--> host, path --matching--> tenant --deciding, engine_client (HTTP)--> decision
         --sending--> backend --proxy--> client          (or --websockets--> both ways)

``tenant_file`` reads the settings into the data classes of ``config``, ``health`` knows which services answer,
``decision`` checks what the engine says, ``passage`` is a request under way, ``logs`` and ``metrics`` report on it,
``app`` is the process. The gateway knows the engine through its HTTP API alone: no module here imports the
interpreter or the server. ``echo``, ``stack`` and ``demo`` are the test backends and the whole stack on one machine.
"""
