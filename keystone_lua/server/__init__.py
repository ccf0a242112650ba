"""The HTTP server: a request in JSON, a decision in JSON.

Pipeline of one ``POST /route/{tenant}``::

    bytes --http, routing.request--> plain request --decisions.service--> Outcome --http.responses--> bytes

``routing.scripts`` holds the compiled scripts, ``settings`` the settings, ``process`` the processes. Importing this
package imports neither aiohttp nor pydantic, so that the command line can offer ``serve`` for free.
"""
