"""Scripts as one signed file: built, signed, verified, fetched.

    a scripts folder --contents--> manifest and files in a gzip'd tar --signatures--> signed
    an address --fetching--> a bundle, verified whole --> the scripts folder, in one step; status says how it went

Knows scripts folders, and nothing of the server: fetching is a process of its own, beside it.
"""
