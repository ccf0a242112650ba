"""The HTTP server: a request in JSON, a decision in JSON.

Pipeline of one ``POST /route/{tenant}``::

    bytes --wire.read_request--> plain request --decisions.DecisionService--> Outcome --handlers--> bytes

``store`` holds the compiled scripts, ``config`` the settings, ``app`` the process. Importing this
package imports neither aiohttp nor pydantic, so that the command line can offer ``serve`` for free.
"""
