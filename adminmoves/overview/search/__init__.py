"""One search for everything: migrations by number, administrations by anything."""
