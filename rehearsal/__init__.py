"""A made-up world of bookkeeping packages, for rehearsals and tests.

One server on loopback that speaks the protocols of four packages. It knows nothing
of the portal, and the portal nothing of it: they meet only on the wire.
"""
