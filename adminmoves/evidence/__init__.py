"""Proof that an administration was moved in the package: asked, assessed, stored."""
